import { readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { describe, expect, test } from 'vitest';

/** Which layers of src and packages each layer may import. What is not named here may import anything. */
const ARROWS: Record<string, string[]> = {
  losses: ['losses', 'shaders'],
  engine: ['engine', 'losses', 'shaders'],
  data: ['data', 'shaders'],
  simulation: ['simulation', 'engine', 'losses', 'data', 'shaders'],
  truths: ['truths', 'simulation', 'engine', 'losses', 'data', 'shaders'],
  render: ['render', 'simulation', 'engine', 'shaders', 'gl-matrix'],
  values: ['values'],
  scenes: ['scenes', 'simulation', 'engine', 'losses', 'data', 'values'],
  ui: [
    'ui',
    'scenes',
    'render',
    'truths',
    'simulation',
    'engine',
    'losses',
    'data',
    'values',
    'gl-matrix',
    'lil-gui',
    'uplot',
  ],
  'index.ts': ['engine', 'losses'],
};

/** Layers that also run in workers and under Node, where there is no page. */
const WITHOUT_PAGE = ['losses', 'engine', 'data', 'simulation', 'truths', 'values'];
const PAGE = /\b(document|window|HTML\w*Element|localStorage|requestAnimationFrame)\b/;

interface Source {
  path: string;
  /** Without comments. */
  code: string;
}

function sources(folder: string, extension: string): Source[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(extension))
    .map((name) => {
      const path = posix.join(folder, name.replaceAll('\\', '/'));
      return { path, code: readFileSync(path, 'utf8').replaceAll(/\/\*[^]*?\*\/|\/\/.*/g, '') };
    });
}

/** Everything a module names in an import, an export from, an import() or a worker's URL; ours as paths. */
function importsOf({ path, code }: Source): string[] {
  const names = code.matchAll(/(?:from|import|import\(|new URL\()\s*'([^']+)'/g);
  return [...names].map(([, name]) =>
    name.startsWith('.') ? posix.join(posix.dirname(path), name.replace('?raw', '')) : name,
  );
}

/** 'engine' for src/engine/cpu/tile.ts and 'shaders' for shaders/softmax.wgsl; a package is its own name. */
function layerOf(path: string): string {
  const [top, layer] = path.split('/');
  return top === 'src' ? layer : top;
}

const modules = sources('src', '.ts');
const shaders = sources('shaders', '.wgsl');
const modulePaths = new Set(modules.map(({ path }) => path));

describe('imports follow the arrows', () => {
  for (const [layer, allowed] of Object.entries(ARROWS)) {
    test(layer, () => {
      const own = modules.filter(({ path }) => layerOf(path) === layer);
      const forbidden = own.flatMap((source) =>
        importsOf(source)
          .filter((target) => !allowed.includes(layerOf(target)))
          .map((target) => `${source.path} imports ${target}`),
      );
      expect(own).not.toEqual([]);
      expect(forbidden).toEqual([]);
    });
  }
});

test('losses, engine, data, simulation and truths never touch the page', () => {
  const touching = modules
    .filter(({ path, code }) => WITHOUT_PAGE.includes(layerOf(path)) && PAGE.test(code))
    .map(({ path, code }) => `${path}: ${code.match(PAGE)?.[0]}`);
  expect(touching).toEqual([]);
});

test('what a scene computes knows nothing of the page: only its views, its parts and its scene do', () => {
  const logic = modules.filter(
    ({ path }) => path.startsWith('src/scenes/') && !/(view|scene|scenes)\.ts$|\/parts\//.test(path),
  );
  const complaints = logic.flatMap((source) => {
    const touched = PAGE.exec(source.code);
    const views = importsOf(source).filter((target) => /view\.ts$|scenes\/parts\//.test(target));
    return [...(touched ?? []), ...views].map((name) => `${source.path}: ${name}`);
  });
  expect(logic).not.toEqual([]);
  expect(complaints).toEqual([]);
});

test('every shader is imported', () => {
  const imported = new Set(modules.flatMap(importsOf));
  expect(shaders.map(({ path }) => path).filter((path) => !imported.has(path))).toEqual([]);
});

function isOfPairs(formula: string): boolean {
  return modules.some(({ path, code }) => path === formula && code.includes('definePairLoss('));
}

test('a loss is files of one stem: its formula, its shader and, unless pairs run its shader there, its CPU rule', () => {
  const stems = shaders
    .filter(({ path }) => path.startsWith('shaders/losses/'))
    .map(({ path }) => posix.basename(path, '.wgsl'));
  const siblings = stems.flatMap((stem) => {
    const formula = `src/losses/${stem}.ts`;
    return isOfPairs(formula) ? [formula] : [formula, `src/losses/rules/${stem}.ts`];
  });
  expect(stems).not.toEqual([]);
  expect(siblings.filter((path) => !modulePaths.has(path))).toEqual([]);
});

/** The field types of every struct in some WGSL, by its name. */
function structsIn(code: string): Map<string, string> {
  const structs = new Map<string, string>();
  for (const [, name, fields] of code.matchAll(/struct (\w+) \{([^}]*)\}/g)) {
    const types = [...fields.matchAll(/\w+\s*:\s*([^,\n]+?)\s*(?:,|\n|$)/g)].map(([, type]) => type);
    structs.set(name, types.join(' '));
  }
  return structs;
}

test('uniform structs have no padding: 16-byte fields first, then 32-bit scalars', () => {
  const shared = structsIn(shaders.map(({ code }) => code).join('\n'));
  const complaints = shaders.flatMap(({ path, code }) => {
    const structs = new Map([...shared, ...structsIn(code)]);
    return [...code.matchAll(/var<uniform>\s+\w+\s*:\s*(\w+)/g)]
      .map(([, name]) => ({ name, types: structs.get(name) ?? 'unknown' }))
      .filter(({ types }) => !/^((mat4x4f|vec4f) )*((u32|i32|f32) ?)+$/.test(types))
      .map(({ name, types }) => `${path}: ${name} is ${types}`);
  });
  expect(complaints).toEqual([]);
});
