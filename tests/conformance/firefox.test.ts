import { describe, inject } from 'vitest';
import { trainingGroup } from './groups/truths.ts';
import { conformsInBrowser } from './in-browser.ts';
import { suite } from './suite.ts';

const executablePath = inject('firefox');

describe.runIf(executablePath)('Firefox as shipped on Linux, without WebGPU', () => {
  conformsInBrowser('firefox', { executablePath, webgpu: false }, inject('origin'), ['cpu']);
});

describe.runIf(executablePath)('Firefox with WebGPU, the second WGSL compiler', () => {
  // This browser answers in ticks of about 100 ms: cases wait side by side, and trainings, which wait for every step of
  // theirs, are left to the others.
  const groups = suite.filter((group) => group !== trainingGroup);
  conformsInBrowser('firefox', { executablePath, webgpu: true }, inject('origin'), ['webgpu'], {
    groups,
    lanes: 8,
  });
});
