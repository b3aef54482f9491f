import { sizeOf } from "../../../../data/index.ts"
import { fail } from "../../../fail.ts"
import type { FloatNode } from "../../../graph/graph.ts"
import { type Import, type Op, value } from "../onnx-op.ts"

/** A value whose axes have labels. */
interface Labelled {
  readonly x: FloatNode
  readonly labels: readonly string[]
}

/** One label for each axis; those of an ellipsis are numbers, counted from the last. */
const labelsOf = (term: string, rank: number): string[] => {
  const [before, after] = term.split("...") as [string, string | undefined]
  if (after === undefined) return [...before]
  const hidden = rank - before.length - after.length
  if (hidden < 0) return fail("damaged-model", `the operand of "${term}" has ${rank} axes`)
  return [...before, ...Array.from({ length: hidden }, (_, i) => `${hidden - i}`), ...after]
}

const transposed = (op: Op, { x, labels }: Labelled, wanted: readonly string[]): FloatNode => {
  const order = wanted.map((label) => labels.indexOf(label))
  return order.every((axis, i) => axis === i) ? x : op.add("transpose", [x], { order })
}

/** Equal labels read the diagonal, and labels that no one else wants are summed over. */
const simplified = (op: Op, { x, labels }: Labelled, wanted: ReadonlySet<string>): Labelled => {
  let [node, own] = [x, [...labels]]
  for (let i = 0; i < own.length; i++) {
    const j = own.indexOf(own[i]!, i + 1)
    if (j < 0) continue
    const shape = node.shape.toSpliced(j, 1)
    const from = node.shape
    node = op.pick(node, shape, () =>
      Int32Array.from({ length: sizeOf(shape) }, (_, flat) => {
        const at = new Array<number>(shape.length)
        for (let axis = shape.length - 1, rest = flat; axis >= 0; axis--) {
          at[axis] = rest % shape[axis]!
          rest = Math.floor(rest / shape[axis]!)
        }
        return at.toSpliced(j, 0, at[i]!).reduce((index, place, axis) => index * from[axis]! + place, 0)
      }),
    )
    own = own.toSpliced(j, 1)
    i--
  }
  const axes = own.flatMap((label, axis) => (wanted.has(label) ? [] : [axis]))
  if (axes.length > 0) node = op.add("reduce", [node], { by: "sum", axes, keep: false })
  return { x: node, labels: own.filter((label) => wanted.has(label)) }
}

/** The product of two values, summed over the labels that only these two have. */
const contracted = (op: Op, a: Labelled, b: Labelled, wanted: ReadonlySet<string>): Labelled => {
  const left = simplified(op, a, new Set([...wanted, ...b.labels]))
  const right = simplified(op, b, new Set([...wanted, ...a.labels]))
  const shared = left.labels.filter((label) => right.labels.includes(label))
  const stack = shared.filter((label) => wanted.has(label))
  const inner = shared.filter((label) => !wanted.has(label))
  const rows = left.labels.filter((label) => !shared.includes(label))
  const columns = right.labels.filter((label) => !shared.includes(label))
  const extent = (label: string): number =>
    left.labels.includes(label)
      ? left.x.shape[left.labels.indexOf(label)]!
      : right.x.shape[right.labels.indexOf(label)]!
  const sizes = (labels: readonly string[]): number[] => labels.map(extent)
  const matrices = [
    op.reshape(transposed(op, left, [...stack, ...rows, ...inner]), [
      ...sizes(stack),
      sizeOf(sizes(rows)),
      sizeOf(sizes(inner)),
    ]),
    op.reshape(transposed(op, right, [...stack, ...inner, ...columns]), [
      ...sizes(stack),
      sizeOf(sizes(inner)),
      sizeOf(sizes(columns)),
    ]),
  ]
  const labels = [...stack, ...rows, ...columns]
  return { x: op.reshape(op.add("matmul", matrices, {}), sizes(labels)), labels }
}

/** Sums of products over labelled axes, as products of matrices. */
export const einsum: Import = (op) => {
  const equation = op.text("equation", "").replaceAll(" ", "")
  const [left = "", given] = equation.split("->")
  const terms = left.split(",")
  if (terms.length !== op.inputs.length)
    return fail("unsupported-model", `the equation "${equation}" has ${terms.length} operands`)
  let all = op.inputs.map((entry, i) => {
    const rank = entry.is === "constant" ? entry.tensor.shape.length : op.rank(op.node(i))
    return { isValue: entry.is === "value", labels: labelsOf(terms[i]!, rank) }
  })
  const counts = new Map<string, number>()
  for (const label of all.flatMap(({ labels }) => labels)) counts.set(label, (counts.get(label) ?? 0) + 1)
  const hidden = [...counts.keys()].filter((label) => /^\d/.test(label)).sort((a, b) => Number(b) - Number(a))
  // Without an arrow: what an ellipsis stands for, and all letters that occur once, in alphabetical order.
  const once = [...counts].flatMap(([label, count]) => (count === 1 && !/^\d/.test(label) ? [label] : []))
  let output =
    given === undefined
      ? [...hidden, ...once.sort()]
      : labelsOf(given, given.replace("...", "").length + (given.includes("...") ? hidden.length : 0))
  if (op.around.batched) {
    const batch = all.find(({ isValue }) => isValue)!.labels[0]
    const fits =
      batch === output[0] &&
      all.every(({ isValue, labels }) =>
        isValue ? labels.indexOf(batch!) === 0 && labels.lastIndexOf(batch!) === 0 : !labels.includes(batch!),
      )
    if (!fits) return op.mixes("its equation sums or moves the first index of an operand")
    all = all.map((one) => (one.isValue ? { ...one, labels: one.labels.slice(1) } : one))
    output = output.slice(1)
  }
  const operands = all.map(({ labels, isValue }, i): Labelled => {
    // Constants have no axis of a batch.
    const x = isValue ? op.node(i) : op.around.builder.constant(op.constant(i))
    return { x, labels }
  })
  const [first, ...others] = operands
  const result = others.reduce((a, b, i) => {
    const later = others.slice(i + 1).flatMap(({ labels }) => labels)
    return contracted(op, a, b, new Set([...output, ...later]))
  }, first!)
  return value(transposed(op, simplified(op, result, new Set(output)), output))
}
