import { describe, inject } from 'vitest';
import { conformsInBrowser } from './in-browser.ts';

describe('Chromium', () => {
  conformsInBrowser('chromium', { executablePath: inject('chromium') }, inject('origin'), ['webgpu', 'cpu']);
});
