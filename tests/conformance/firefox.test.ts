import { describe, inject } from 'vitest';
import { trainingGroup } from './groups/truths.ts';
import { conformsInBrowser } from './in-browser.ts';
import { suite } from './suite.ts';

const executablePath = inject('firefox');

describe.runIf(executablePath)('Firefox as shipped on Linux, without WebGPU', () => {
  conformsInBrowser('firefox', { executablePath, webgpu: false }, inject('origin'), ['cpu']);
});

describe.runIf(executablePath)('Firefox with WebGPU, the second WGSL compiler', () => {
  // Every step of a training is read back here, which this browser answers in ticks of about 100 ms.
  const groups = suite.filter((group) => group !== trainingGroup);
  conformsInBrowser('firefox', { executablePath, webgpu: true }, inject('origin'), ['webgpu'], groups);
});
