import { defineConfig } from 'vitest/config';

/** `npm run bench`: one file after the other, one browser at a time, so that nothing is measured beside something else. */
export default defineConfig({
  test: {
    include: ['tests/bench/*.bench.ts'],
    globalSetup: 'tests/browser/global-setup.ts',
    fileParallelism: false,
    testTimeout: 1_800_000,
    hookTimeout: 60_000,
    disableConsoleIntercept: true,
  },
});
