/**
 * Writes loops out that are marked so in a shader, because some compilers don't, and pay for every index that is not
 * constant. In the source, where 3 stands for a number or for a name among the constants:
 *
 *     @unroll for (var chunk = 0u; chunk < 3u; chunk++) { ... points[chunk] ... }
 *
 * becomes a block for each value of the variable. Loops may be nested. A body may neither assign to the variable nor use
 * its name for anything else, and what braces its comments have are closed.
 *
 * @throws Error when a marked loop is not of this form, or ends nowhere.
 */
export function unroll(source: string, constants: Readonly<Record<string, number>>): string {
  const mark = source.indexOf('@unroll');
  if (mark < 0) return source;
  const head = /^@unroll for \(var (\w+) = 0u; \1 < (\d+u|[A-Z]\w*); \1\+\+\) \{/.exec(source.slice(mark));
  if (!head) throw new Error(`Not a loop that can be unrolled: ${source.slice(mark, mark + 80)}`);
  const [all, variable, limit] = head;
  const count = constants[limit] ?? parseInt(limit);
  if (!Number.isInteger(count))
    throw new Error(`The loop over ${variable} ends at ${limit}, which is no constant.`);
  const begin = mark + all.length;
  const end = endOfBlock(source, begin);
  const body = source.slice(begin, end);
  const use = new RegExp(`\\b${variable}\\b`, 'g');
  const blocks = Array.from({ length: count }, (_, value) => `{${body.replace(use, `${value}u`)}}`);
  return unroll(source.slice(0, mark) + blocks.join('\n') + source.slice(end + 1), constants);
}

/** Shaders with their loops over CHUNKS written out, the vectors of four components that a point of this dimension takes. */
export function unrollDimension(dimension: number, ...shaders: string[]): string {
  const constants = { CHUNKS: Math.ceil(dimension / 4) };
  return [`const CHUNKS = ${constants.CHUNKS}u;`, ...shaders.map((shader) => unroll(shader, constants))].join(
    '\n',
  );
}

/** Where the brace stands that closes a block whose contents begin here. */
function endOfBlock(source: string, begin: number): number {
  let depth = 1;
  for (let at = begin; at < source.length; at++) {
    if (source[at] === '{') depth++;
    if (source[at] === '}' && --depth === 0) return at;
  }
  throw new Error('A loop to be unrolled has no end.');
}
