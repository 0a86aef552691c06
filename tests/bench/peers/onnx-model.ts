/** The least of the ONNX format that a graph of a few nodes needs: https://onnx.ai/onnx/repo-docs/IR.html */

export interface Node {
  operator: string;
  inputs: string[];
  output: string;
  /** Whole numbers only. */
  attributes?: Record<string, number>;
}

export interface Graph {
  nodes: Node[];
  /** Matrices of float32, by name. */
  inputs: Record<string, [rows: number, columns: number]>;
  /** Scalars of float32. */
  constants: Record<string, number>;
  /** Lists of whole numbers, such as the axes of a reduction. */
  lists: Record<string, number[]>;
  output: string;
}

const FLOAT = 1;
const INT64 = 7;
const INTEGER_ATTRIBUTE = 2;

/** A model of opset 18 with one output, serialized. */
export function encodeModel({ nodes, inputs, constants, lists, output }: Graph): Uint8Array {
  const graph = message(
    ...nodes.map((node) =>
      field(
        1,
        message(
          ...node.inputs.map((name) => field(1, text(name))),
          field(2, text(node.output)),
          field(4, text(node.operator)),
          ...Object.entries(node.attributes ?? {}).map(([name, value]) =>
            field(5, message(field(1, text(name)), number(3, value), number(20, INTEGER_ATTRIBUTE))),
          ),
        ),
      ),
    ),
    field(2, text('graph')),
    ...Object.entries(constants).map(([name, value]) =>
      field(
        5,
        message(
          number(2, FLOAT),
          field(8, text(name)),
          field(9, new Uint8Array(new Float32Array([value]).buffer)),
        ),
      ),
    ),
    ...Object.entries(lists).map(([name, values]) =>
      field(
        5,
        message(
          number(1, values.length),
          number(2, INT64),
          field(8, text(name)),
          field(9, new Uint8Array(new BigInt64Array(values.map(BigInt)).buffer)),
        ),
      ),
    ),
    ...Object.entries(inputs).map(([name, shape]) => field(11, valueInfo(name, shape))),
    field(12, valueInfo(output, [])),
  );
  return message(number(1, 8), field(7, graph), field(8, message(field(1, text('')), number(2, 18))));
}

function valueInfo(name: string, shape: readonly number[]): Uint8Array {
  const dimensions = message(...shape.map((size) => field(1, message(number(1, size)))));
  const type = message(field(1, message(number(1, FLOAT), field(2, dimensions))));
  return message(field(1, text(name)), field(2, type));
}

function message(...fields: Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(fields.reduce((size, { length }) => size + length, 0));
  let at = 0;
  for (const part of fields) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** A field of bytes: a text, a message, or raw data. */
function field(tag: number, bytes: Uint8Array): Uint8Array {
  return message(variable(tag * 8 + 2), variable(bytes.length), bytes);
}

function number(tag: number, value: number): Uint8Array {
  return message(variable(tag * 8), variable(value));
}

function variable(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 127) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  return Uint8Array.from([...bytes, rest]);
}

function text(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}
