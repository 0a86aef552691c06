/** The instructions of WebAssembly that the kernels are made of. Those above 0xff lie behind the prefix for vectors. */
const VECTOR = 0x100;

const OPCODES = {
  'i32.eqz': 0x45,
  'i32.lt_u': 0x49,
  'i32.add': 0x6a,
  'i32.sub': 0x6b,
  'i32.mul': 0x6c,
  'i32.rem_u': 0x70,
  'i32.and': 0x71,
  'i32.shr_u': 0x76,

  'v128.load': VECTOR + 0x00,
  'v128.load32_splat': VECTOR + 0x09,
  'v128.load64_splat': VECTOR + 0x0a,
  'v128.store': VECTOR + 0x0b,
  'i8x16.shuffle': VECTOR + 0x0d,
  'i32x4.splat': VECTOR + 0x11,
  'v128.not': VECTOR + 0x4d,
  'v128.and': VECTOR + 0x4e,
  'v128.andnot': VECTOR + 0x4f,
  'v128.or': VECTOR + 0x50,
  'v128.bitselect': VECTOR + 0x52,
  'v128.any_true': VECTOR + 0x53,
  'v128.store32_lane': VECTOR + 0x5a,
  'v128.load32_zero': VECTOR + 0x5c,

  'i32x4.eq': VECTOR + 0x37,
  'i32x4.ne': VECTOR + 0x38,
  'i32x4.lt_u': VECTOR + 0x3a,
  'i32x4.gt_s': VECTOR + 0x3b,
  'i32x4.gt_u': VECTOR + 0x3c,
  'i32x4.le_u': VECTOR + 0x3e,
  'i32x4.ge_u': VECTOR + 0x40,
  'i32x4.shl': VECTOR + 0xab,
  'i32x4.shr_s': VECTOR + 0xac,
  'i32x4.shr_u': VECTOR + 0xad,
  'i32x4.add': VECTOR + 0xae,
  'i32x4.sub': VECTOR + 0xb1,
  'i32x4.mul': VECTOR + 0xb5,

  'f32x4.eq': VECTOR + 0x41,
  'f32x4.ne': VECTOR + 0x42,
  'f32x4.lt': VECTOR + 0x43,
  'f32x4.gt': VECTOR + 0x44,
  'f32x4.le': VECTOR + 0x45,
  'f32x4.ge': VECTOR + 0x46,
  'f32x4.abs': VECTOR + 0xe0,
  'f32x4.neg': VECTOR + 0xe1,
  'f32x4.sqrt': VECTOR + 0xe3,
  'f32x4.add': VECTOR + 0xe4,
  'f32x4.sub': VECTOR + 0xe5,
  'f32x4.mul': VECTOR + 0xe6,
  'f32x4.div': VECTOR + 0xe7,
  'f32x4.pmin': VECTOR + 0xea,
  'f32x4.pmax': VECTOR + 0xeb,
  'i32x4.trunc_sat_f32x4_u': VECTOR + 0xf9,
  'f32x4.convert_i32x4_s': VECTOR + 0xfa,
  'f32x4.convert_i32x4_u': VECTOR + 0xfb,

  'f64x2.ge': VECTOR + 0x4c,
  'f32x4.demote_f64x2_zero': VECTOR + 0x5e,
  'f64x2.promote_low_f32x4': VECTOR + 0x5f,
  'f64x2.sqrt': VECTOR + 0xef,
  'f64x2.add': VECTOR + 0xf0,
  'f64x2.sub': VECTOR + 0xf1,
  'f64x2.mul': VECTOR + 0xf2,
  'f64x2.div': VECTOR + 0xf3,
  'f64x2.pmax': VECTOR + 0xf7,

  'f32x4.relaxed_madd': VECTOR + 0x105,
  'f32x4.relaxed_nmadd': VECTOR + 0x106,
  'i32x4.relaxed_laneselect': VECTOR + 0x10b,
} as const;

export type Opcode = keyof typeof OPCODES;

export function encodeOpcode(opcode: Opcode): number[] {
  const code = OPCODES[opcode];
  return code < VECTOR ? [code] : [0xfd, ...unsigned(code - VECTOR)];
}

/** An unsigned number in as few bytes as it needs (LEB128). */
export function unsigned(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...bytes, rest];
    bytes.push((rest % 128) | 0x80);
  }
}

/** The same for a number with a sign, of 32 bits. */
export function signed(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value | 0; ; rest >>= 7) {
    const isLast = rest >= -64 && rest < 64;
    bytes.push((rest & 0x7f) | (isLast ? 0 : 0x80));
    if (isLast) return bytes;
  }
}
