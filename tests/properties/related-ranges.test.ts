import fc from "fast-check"
import { expect, test } from "vitest"
import { checkValues, ProgramError, sizeOf, type Values } from "../../src/data/index.ts"
import { trace } from "../../src/frontend/index.ts"
import { enc, range, type Tensor, uint } from "../../src/index.ts"
import {
  evaluateNodes,
  type Node,
  nodesOf,
  type Program,
  printType,
  RELATED,
  specificationOf,
  type Type,
} from "../../src/ir/index.ts"
import { where } from "../../src/numpy.ts"

type Step = (a: Tensor, b: Tensor, k: number) => Tensor

/** What relates values to each other: sums that cancel, choices, comparisons that exclude each other, products. */
const STEPS: readonly Step[] = [
  (a, b) => a.add(b),
  (a, b) => a.sub(b),
  (a, b) => a.mul(b),
  (a, b) => a.maximum(b),
  (a, b) => a.minimum(b),
  (a, b) => where(a.gt(b), a, b),
  (a, b, k) => where(a.eq(k), a, b),
  (a, b) => a.add(b).add(a.sub(b).abs()),
  (a, _, k) => a.mul(k - 2),
  (a, _, k) => a.sub(k),
  (a, _, k) => a.eq(k),
  (a, _, k) => a.gt(k),
  (a) => a.abs(),
  (a) => a.relu(),
  (a) => a.square(),
  (a, _, k) => a.mod(k + 2),
  (a, _, k) => a.floorDiv(k + 2),
  (a) => a.expandDims(-1).eq([0, 1, 2]),
  (a) => a.sum(),
  (a) => (a.ndim > 0 ? a.max() : a),
  (a) => (a.ndim > 0 ? a.sum({ axis: -1 }) : a.neg()),
  (a) => (a.ndim > 0 ? a.sub(a.min()) : a),
  (a) => (a.ndim > 0 ? a.cumsum(-1) : a),
  (a) => (a.ndim > 0 ? a.flip() : a),
  (a) => (a.ndim > 0 ? a.argmax({ axis: -1 }) : a),
  (a) => (a.ndim > 0 && a.shape.at(-1) === 3 ? a.matmul([1, -2, 3]) : a),
]

const inputs = { a: enc(range(-2, 2)), b: enc(uint(1)), v: enc(range(0, 2), [3]) }

/** Every value of the inputs together. */
const everyInput = (): Record<string, unknown>[] => {
  const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i)
  return upTo(5 * 2 * 27).map((i) => ({
    a: (i % 5) - 2,
    b: Math.floor(i / 5) % 2,
    v: [10, 30, 90].map((place) => Math.floor(i / place) % 3),
  }))
}

const arbitrarySteps = fc.array(fc.tuple(fc.nat(STEPS.length - 1), fc.nat(40), fc.nat(40), fc.nat(3)), {
  minLength: 2,
  maxLength: 8,
})

/** The program of some steps, each on two of the values before it; a step that is refused is left out. */
const traced = (steps: readonly (readonly [number, number, number, number])[]): Program =>
  trace("drawn", inputs, ({ a, b, v }) => {
    const values: Tensor[] = [a, b, v, v.at(0), v.at(1)]
    for (const [step, i, j, k] of steps) {
      // Late values are drawn more often, so that programs are deep.
      const [p, q] = [i, j].map(
        (place) => values[Math.max(values.length - 1 - place, place % values.length)]!,
      )
      try {
        const next = STEPS[step]!(p!, q!, k)
        if (next.size <= 12) values.push(next)
      } catch (error) {
        if (!(error instanceof ProgramError)) throw error
      }
    }
    return Object.fromEntries(values.map((value, i) => [`y${i}`, value]))
  }).program

/** The least and the largest value of each element of each node, over every input. */
const reached = (program: Program): Map<Node, { lo: number[]; hi: number[] }> => {
  const all = new Map<Node, { lo: number[]; hi: number[] }>()
  const nodes = nodesOf(program)
  for (const node of nodes) {
    const size = sizeOf(node.type.shape)
    all.set(node, { lo: new Array(size).fill(Infinity), hi: new Array(size).fill(-Infinity) })
  }
  for (const each of everyInput()) {
    const values = new Map<Node, Values>()
    for (const input of program.inputs) {
      values.set(input, checkValues(input.attrs.name, each[input.attrs.name], specificationOf(input)))
    }
    evaluateNodes(program, values)
    for (const node of nodes) {
      const { lo, hi } = all.get(node)!
      for (const [i, value] of values.get(node)!.entries()) {
        lo[i] = Math.min(lo[i]!, Number(value))
        hi[i] = Math.max(hi[i]!, Number(value))
      }
    }
  }
  return all
}

const boundsAt = (type: Type, i: number): [number, number] =>
  type.kind === "int" && type.each !== undefined
    ? [Number(type.each.lo[i]), Number(type.each.hi[i])]
    : [Number(type.lo), Number(type.hi)]

test("ranges of related values hold on every input, and most are as narrow as can be", () => {
  let [narrowed, tight] = [0, 0]
  fc.assert(
    fc.property(arbitrarySteps, (steps) => {
      const program = traced(steps)
      for (const [node, { lo, hi }] of reached(program)) {
        for (const [i, low] of lo.entries()) {
          const [least, most] = boundsAt(node.type, i)
          if (low < least || hi[i]! > most) {
            throw new Error(`${node.op} takes ${low}..${hi[i]}, outside ${printType(node.type)}`)
          }
        }
        if (node.op !== "assume" || node.attrs.by !== RELATED) continue
        narrowed++
        const isTight = Math.min(...lo) === Number(node.type.lo) && Math.max(...hi) === Number(node.type.hi)
        if (isTight) tight++
      }
    }),
    { numRuns: 150 },
  )
  expect(narrowed).toBeGreaterThan(50)
  expect(tight).toBeGreaterThan(0.6 * narrowed)
})
