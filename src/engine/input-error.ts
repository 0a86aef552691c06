/** Bad input from the caller: names the argument and what was expected. Thrown before anything is allocated. */
export class InputError extends Error {
  override readonly name = 'InputError';
  readonly argument: string;

  constructor(argument: string, expected: string) {
    super(`${argument}: ${expected}`);
    this.argument = argument;
  }
}
