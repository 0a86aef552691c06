/** The little that the host needs to know of a WGSL source, read from the source itself, so that nothing is told twice. */

export interface Binding {
  index: number;
  name: string;
  type: 'uniform' | 'read-only-storage' | 'storage';
}

export function bindingsOf(source: string): Binding[] {
  const declaration = /@binding\((\d+)\)\s+var<(uniform|storage, read|storage, read_write)>\s+(\w+)/g;
  const types = {
    uniform: 'uniform',
    'storage, read': 'read-only-storage',
    'storage, read_write': 'storage',
  } as const;
  return [...source.matchAll(declaration)].map(([, index, space, name]) => ({
    index: Number(index),
    name,
    type: types[space as keyof typeof types],
  }));
}

export interface Field {
  name: string;
  type: string;
}

/** The fields of a struct, in order. */
export function fieldsOf(source: string, struct: string): Field[] {
  const body = new RegExp(`struct ${struct} \\{([^}]*)\\}`).exec(source);
  if (!body) throw new Error(`The shader declares no struct ${struct}.`);
  return [...body[1].matchAll(/^\s*(\w+):\s*(\w+),/gm)].map(([, name, type]) => ({ name, type }));
}

/** Bytes of a struct whose fields are vectors of four, or structs of these. */
export function sizeOf(source: string, struct: string): number {
  return fieldsOf(source, struct)
    .map(({ type }) => (/^vec4[fu]$/.test(type) ? 16 : sizeOf(source, type)))
    .reduce((sum, size) => sum + size, 0);
}

/** The bytes of a uniform struct of scalars, in its own field order. */
export function packUniform(
  source: string,
  struct: string,
  values: Readonly<Record<string, number>>,
): ArrayBuffer {
  const fields = fieldsOf(source, struct);
  const view = new DataView(new ArrayBuffer(Math.ceil(fields.length / 4) * 16));
  fields.forEach(({ name, type }, index) => {
    if (!(name in values)) throw new Error(`struct ${struct} has a field ${name} that was given no value.`);
    switch (type) {
      case 'f32':
        return view.setFloat32(4 * index, values[name], true);
      case 'u32':
        return view.setUint32(4 * index, values[name], true);
      case 'i32':
        return view.setInt32(4 * index, values[name], true);
      default:
        throw new Error(`struct ${struct}: ${name} is no scalar.`);
    }
  });
  return view.buffer;
}
