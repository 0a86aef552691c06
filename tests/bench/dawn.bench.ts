import { test } from 'vitest';
import { measureDawn } from './dawn.ts';
import { installPeers } from './peers.ts';
import { Report } from './report.ts';

test('a real GPU, or a software device, through Node and Dawn', async () => {
  installPeers();
  const report = new Report('Node and Dawn', 'dawn-results.json');
  await report.add(measureDawn);
  await report.finish();
});
