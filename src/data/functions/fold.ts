/** Functions of a list of numbers that give one. */
export const folds = {
  sum: (all: Float64Array) => all.reduce((a, b) => a + b, 0),
  mean: (all: Float64Array) => all.reduce((a, b) => a + b, 0) / all.length,
  max: (all: Float64Array) => all.reduce((a, b) => Math.max(a, b), -Infinity),
  min: (all: Float64Array) => all.reduce((a, b) => Math.min(a, b), Infinity),
  product: (all: Float64Array) => all.reduce((a, b) => a * b, 1),
  l1: (all: Float64Array) => all.reduce((a, b) => a + Math.abs(b), 0),
  l2: (all: Float64Array) => Math.sqrt(all.reduce((a, b) => a + b * b, 0)),
  sumSquare: (all: Float64Array) => all.reduce((a, b) => a + b * b, 0),
  logSumExp: (all: Float64Array) => {
    const most = all.reduce((a, b) => Math.max(a, b), -Infinity)
    return Number.isFinite(most) ? most + Math.log(all.reduce((a, b) => a + Math.exp(b - most), 0)) : most
  },
} as const satisfies Readonly<Record<string, (all: Float64Array) => number>>

export type FoldName = keyof typeof folds

/** Functions of a list of numbers that give as many. */
export const lineFunctions = {
  /** exp(x) divided by its sum. */
  softmax: (line: Float64Array) => {
    const most = folds.max(line)
    const sum = line.reduce((a, b) => a + Math.exp(b - most), 0)
    return line.map((x) => Math.exp(x - most) / sum)
  },
  /** The logarithm of softmax. */
  logSoftmax: (line: Float64Array) => {
    const most = folds.max(line)
    const sum = line.reduce((a, b) => a + Math.exp(b - most), 0)
    return line.map((x) => x - most - Math.log(sum))
  },
} as const satisfies Readonly<Record<string, (line: Float64Array) => Float64Array>>

export type LineFunctionName = keyof typeof lineFunctions

/** "max" is the largest element, "maxAbs" the largest absolute value. */
export type Norm = "max" | "maxAbs" | "l1" | "l2"

/** A line divided by its norm; zeros stay. */
export const normalizeLine = (line: Float64Array, by: Norm): Float64Array => {
  const norm = by === "maxAbs" ? folds.max(line.map(Math.abs)) : folds[by](line)
  return norm === 0 ? line : line.map((x) => x / norm)
}

/** The place of the largest or least element, the first of equal ones. */
export const argumentOf = (line: Float64Array, of: "max" | "min"): number =>
  line.indexOf(of === "max" ? folds.max(line) : folds.min(line))
