import { createServer } from 'vite';

/** Serves the working tree as `npm run dev` does, headers included, on a free port. */
export async function startServer(): Promise<{ origin: string; close(): Promise<void> }> {
  const server = await createServer({
    logLevel: 'error',
    // A file that is edited while the tests run must not reload their pages.
    server: { host: '127.0.0.1', port: 0, hmr: false, watch: null },
  });
  await server.listen();
  const address = server.httpServer?.address();
  if (!address || typeof address === 'string') throw new Error('The test server has no port.');
  return { origin: `http://127.0.0.1:${address.port}`, close: () => server.close() };
}
