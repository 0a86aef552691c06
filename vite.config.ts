import { readFile } from 'node:fs/promises';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

/** Cross-origin isolation lets the fallback share memory between workers; static hosting works without it. */
const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

/** Shaders are sent without their comments and their indentation, which are a third of them. */
const shaders = (): Plugin => ({
  name: 'shaders',
  apply: 'build',
  enforce: 'pre',
  async load(id) {
    if (!id.endsWith('.wgsl?raw')) return undefined;
    const source = await readFile(id.slice(0, -'?raw'.length), 'utf8');
    return `export default ${JSON.stringify(source.replaceAll(/\s*\/\/.*/g, '').replaceAll(/\n\s+/g, '\n'))};`;
  },
});

export default defineConfig({
  base: './',
  build: { target: 'es2023' },
  plugins: [shaders()],
  worker: { format: 'es', plugins: () => [shaders()] },
  server: { headers: isolation },
  preview: { headers: isolation },
  test: {
    include: ['tests/**/*.test.ts'],
    globalSetup: 'tests/browser/global-setup.ts',
    testTimeout: 60_000,
    hookTimeout: 180_000,
    // Pages answer late while a software device computes on the cores that they draw with.
    expect: { poll: { timeout: 10_000 } },
  },
});
