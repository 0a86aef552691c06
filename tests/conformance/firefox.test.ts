import { describe, inject } from 'vitest';
import { conformsInBrowser } from './in-browser.ts';

const executablePath = inject('firefox');

describe.runIf(executablePath)('Firefox as shipped on Linux, without WebGPU', () => {
  conformsInBrowser('firefox', { executablePath, webgpu: false }, inject('origin'), ['cpu']);
});

describe.runIf(executablePath)('Firefox with WebGPU, the second WGSL compiler', () => {
  conformsInBrowser('firefox', { executablePath, webgpu: true }, inject('origin'), ['webgpu']);
});
