import { describe, inject } from 'vitest';
import { lossGroups } from './groups/losses.ts';
import { conformsInBrowser } from './in-browser.ts';
import { suite } from './suite.ts';

const options = { executablePath: inject('chromium') };

describe('Chromium', () => {
  // Side by side, cases fill what one of them waits for: a step of a training is a round trip to the device.
  conformsInBrowser('chromium', options, inject('origin'), ['webgpu'], { lanes: 3 });
});

describe('Chromium, on its CPU', () => {
  // Node's engine is the same as Chromium's, and compares every loss there; Firefox does it with threads.
  const groups = suite.filter((group) => !lossGroups.includes(group));
  conformsInBrowser('chromium', options, inject('origin'), ['cpu'], { groups });
});
