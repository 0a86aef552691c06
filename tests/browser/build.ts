import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build, preview } from 'vite';

export interface BuiltPage {
  url: string;
  /** Where the built files lie. */
  folder: string;
  /** Tells of every request that reaches the server, workers' included, by its path. */
  onRequest(listener: (path: string) => void): void;
  /** Bytes of so many of the built files, each compressed for itself. */
  gzippedBytes(paths: readonly string[]): Promise<number>;
  close(): Promise<void>;
}

/** Builds the page as `npm run build` does, into a folder of its own, and serves it cross-origin isolated. */
export async function serveBuild(): Promise<BuiltPage> {
  const folder = await mkdtemp(join(tmpdir(), 'contrastive-playground-'));
  await build({ logLevel: 'error', build: { outDir: folder, emptyOutDir: true } });
  const server = await preview({
    logLevel: 'error',
    build: { outDir: folder },
    preview: { host: '127.0.0.1', port: 0 },
  });
  return {
    url: server.resolvedUrls!.local[0],
    folder,
    onRequest: (listener) => server.httpServer.on('request', ({ url }) => listener(url ?? '')),
    gzippedBytes: async (paths) => {
      const sizes = await Promise.all(
        paths.map(async (path) => gzipSync(await readFile(join(folder, path))).length),
      );
      return sizes.reduce((sum, size) => sum + size, 0);
    },
    close: async () => {
      await server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
