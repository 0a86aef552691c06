import type { Span } from '../../simulation/trace.ts';

/** What the entries of the browser's Performance panel are sorted into. */
const GROUP = 'Contrastive Playground';

/**
 * Writes what was computed onto a track of its own in the browser's Performance panel, by the panel's extension of User
 * Timing; other browsers show plain measures. The entries are taken back at once: a recording has seen them, and the page
 * need not keep them.
 */
export function writeTimeline(spans: readonly Span[]): void {
  for (const { label, begin, end, clock } of spans) {
    const duration = `${(end - begin).toFixed(3)} ms`;
    performance.measure(label, {
      start: Math.max(0, begin),
      end: Math.max(0, end),
      detail: {
        devtools: {
          dataType: 'track-entry',
          track: clock === 'gpu' ? 'Kernels (GPU time)' : 'Kernels (wall time)',
          trackGroup: GROUP,
          color: colourOf(label),
          properties: [
            ['Time', end - begin < 0.1 ? `< 0.1 ms` : duration],
            ['Clock', clock === 'gpu' ? 'timestamps of the device' : 'wall time, submission to completion'],
          ],
          tooltipText: label,
        },
      },
    });
    performance.clearMeasures(label);
  }
}

function colourOf(label: string): string {
  if (/gradient/.test(label)) return 'secondary';
  return /statistics|refine|matrix|loss/.test(label) ? 'primary' : 'tertiary';
}
