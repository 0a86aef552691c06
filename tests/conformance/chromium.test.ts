import { describe, inject } from 'vitest';
import { conformsInBrowser } from './in-browser.ts';

describe('Chromium', () => {
  // Side by side, cases fill what one of them waits for: a step of a training is a round trip to the device.
  conformsInBrowser('chromium', { executablePath: inject('chromium') }, inject('origin'), ['webgpu', 'cpu'], {
    lanes: 3,
  });
});
