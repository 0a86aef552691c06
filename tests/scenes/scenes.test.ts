import { describe, expect, it } from 'vitest';
import { scenes } from '../../src/scenes/scenes.ts';
import { defaultsOf, formatSettings, parseSettings } from '../../src/scenes/settings.ts';
import { parseHash } from '../../src/ui/hash.ts';

describe.each(scenes)('$key', ({ text, cloud, fields }) => {
  it('says what it is about in three sentences at most', () => {
    expect(text.match(/[.?!](?= |$)/g)!.length).toBeLessThanOrEqual(3);
  });

  it('leads into a run of 4,096 points that exists', () => {
    const { state, problems } = parseHash(new URLSearchParams(cloud).toString());
    expect(problems).toEqual([]);
    expect(state.points).toBe(4096);
  });

  it('says nothing in a link of what is at its default, and reads back what it writes', () => {
    const settings = defaultsOf(fields);
    expect(formatSettings(fields, settings)).toEqual([]);
    expect(parseSettings(fields, new Map()).settings).toEqual(settings);
    for (const name of Object.keys(fields)) {
      const { settings: kept, problems } = parseSettings(fields, new Map([[name, 'nonsense']]));
      expect(problems).toHaveLength(1);
      expect(kept).toEqual(settings);
    }
  });
});
