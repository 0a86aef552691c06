/**
 * A function that works on the newest of its inputs: one at a time, and what comes in meanwhile replaces what waits.
 * So a picture follows the hand however slow the engine, and never falls behind it.
 */
export function newest<Input>(
  work: (input: Input) => Promise<void>,
  failed: (error: unknown) => void,
): (input: Input) => void {
  let waiting: { input: Input } | undefined;
  let working = false;

  async function run(): Promise<void> {
    working = true;
    while (waiting) {
      const { input } = waiting;
      waiting = undefined;
      try {
        await work(input);
      } catch (error) {
        failed(error);
      }
    }
    working = false;
  }

  return (input) => {
    waiting = { input };
    if (!working) void run();
  };
}
