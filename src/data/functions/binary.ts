const fromBoolean = (value: boolean): number => (value ? 1 : 0)

/** Functions of two numbers that a node applies elementwise with broadcasting. */
export const binaries = {
  add: (a: number, b: number) => a + b,
  sub: (a: number, b: number) => a - b,
  mul: (a: number, b: number) => a * b,
  div: (a: number, b: number) => a / b,
  max: (a: number, b: number) => Math.max(a, b),
  min: (a: number, b: number) => Math.min(a, b),
  power: (a: number, b: number) => a ** b,
  /** The remainder with the sign of the divisor, as numpy's. */
  mod: (a: number, b: number) => {
    const rest = a % b
    return rest !== 0 && rest < 0 !== b < 0 ? rest + b : rest
  },
  /** The remainder with the sign of the dividend, as C's fmod. */
  remainder: (a: number, b: number) => a % b,
  less: (a: number, b: number) => fromBoolean(a < b),
  lessOrEqual: (a: number, b: number) => fromBoolean(a <= b),
  greater: (a: number, b: number) => fromBoolean(a > b),
  greaterOrEqual: (a: number, b: number) => fromBoolean(a >= b),
  equal: (a: number, b: number) => fromBoolean(a === b),
  and: (a: number, b: number) => fromBoolean(a !== 0 && b !== 0),
  or: (a: number, b: number) => fromBoolean(a !== 0 || b !== 0),
  xor: (a: number, b: number) => fromBoolean((a !== 0) !== (b !== 0)),
} as const satisfies Readonly<Record<string, (a: number, b: number) => number>>

export type BinaryName = keyof typeof binaries
