import { defineConfig } from 'vitest/config';

/** `npm run bench:gpu`: the part of the benchmark that needs no browser, for machines that have a GPU and nothing else. */
export default defineConfig({
  test: {
    include: ['tests/bench/dawn.bench.ts'],
    testTimeout: 900_000,
    disableConsoleIntercept: true,
  },
});
