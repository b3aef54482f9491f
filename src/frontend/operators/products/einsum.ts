import { printGiven, printShape } from "../../../data/index.ts"
import { fail } from "../../core/fail.ts"
import { type IntTensor, integersOf, type TensorLike } from "../../core/operands.ts"
import { javascript, tensor } from "../../operator/argument.ts"
import { operator } from "../../operator/operator.ts"
import { required, rest } from "../../operator/parameter.ts"
import type { Tensor } from "../../tensor/tensor.ts"
import { mul } from "../elementwise/arithmetic.ts"
import { matmul, sum } from "../reductions/sum-and-matmul.ts"
import { diagonal } from "../shape/diagonal.ts"
import { reshape, transpose } from "../shape/reshape.ts"

/** A tensor with a label for each axis, none of them twice. */
interface Labelled {
  readonly tensor: Tensor
  readonly labels: readonly string[]
}

const subscripts = javascript<string>(
  "the subscripts of einsum",
  'text such as "ij,jk->ik"',
  (value) => typeof value === "string",
)

/**
 * Einstein's sums: axes with one letter run together, and those that the result does not name are summed. Without `->` the
 * result has the letters that occur once, in alphabetical order; `...` stands for axes that broadcast.
 * Operands are taken from the left, each pair as one product of matrices where an axis is summed.
 */
export const einsum = operator(
  "einsum",
  [required("subscripts", subscripts), rest("operands", tensor)],
  (subscripts, ...operands): Tensor => contracted(subscripts, operands),
)

const contracted = (text: string, operands: readonly TensorLike[]): Tensor => {
  if (operands.length === 0) fail("wrong-argument", `einsum ${printGiven(text)} of no tensors`)
  const tensors: readonly IntTensor[] = integersOf("einsum", ...operands)
  const { inputs, output } = readSubscripts(text, tensors)
  const extents = extentsOf(text, inputs, tensors)
  for (const label of output) {
    if (!extents.has(label))
      fail("syntax", `einsum ${printGiven(text)}: no operand has the axis ${label} of the result`)
  }
  const parts = tensors.map((tensor, i) => withDistinctLabels(tensor, inputs[i]!, extents))
  const result = parts.slice(1).reduce((left, right, i) => {
    const later = new Set([...output, ...parts.slice(i + 2).flatMap(({ labels }) => labels)])
    return product(left, right, later, extents)
  }, parts[0]!)
  return arranged(summed(result, new Set(output)), output, extents)
}

/** The labels of each operand and of the result, `...` spelt out as labels of its own. */
const readSubscripts = (
  given: string,
  tensors: readonly Tensor[],
): { inputs: string[][]; output: string[] } => {
  const text = given.replaceAll(" ", "")
  const form = /^((?:[A-Za-z]|\.\.\.)*(?:,(?:[A-Za-z]|\.\.\.)*)*)(?:->((?:[A-Za-z]|\.\.\.)*))?$/.exec(text)
  if (form === null)
    return fail(
      "syntax",
      `${printGiven(given)} are no subscripts\nwrite letters, as in "ij,jk->ik" or "...i->..."`,
    )
  const terms = form[1]!.split(",")
  if (terms.length !== tensors.length)
    fail(
      "wrong-argument",
      `einsum ${printGiven(given)} names ${terms.length} operands, and ${tensors.length} were given`,
    )
  const inputs = terms.map((term, i) => {
    const { shape } = tensors[i]!
    const named = term.replace("...", "").length
    const open = shape.length - named
    if (named !== term.replaceAll(".", "").length || term.split("...").length > 2)
      fail("syntax", `einsum ${printGiven(given)}: ${printGiven(term)} has "..." more than once`)
    if (open < 0 || (open > 0 && !term.includes("...")))
      fail(
        "wrong-shape",
        `einsum ${printGiven(given)}: ${printGiven(term)} names ${named} axes of a tensor of shape ${printShape(shape)}`,
        tensors[i],
      )
    return labelsOf(term, open)
  })
  if (form[2] !== undefined) {
    const most = Math.max(...inputs.map((labels) => labels.filter(isOpen).length))
    const output = labelsOf(form[2], most)
    if (new Set(output).size < output.length)
      fail("syntax", `einsum ${printGiven(given)} names an axis of the result twice`)
    if (most > 0 && !form[2].includes("..."))
      fail(
        "syntax",
        `einsum ${printGiven(given)}: the result has no "...", whose axes are not summed\nwrite "..." in the result, too`,
      )
    return { inputs, output }
  }
  const all = inputs.flat()
  const open = [...new Set(all.filter(isOpen))].sort((a, b) => Number(b.slice(1)) - Number(a.slice(1)))
  const once = all.filter((label) => !isOpen(label) && all.indexOf(label) === all.lastIndexOf(label))
  return { inputs, output: [...open, ...once.sort()] }
}

/** Letters, and for `...` labels that count its axes from the last: "…1", "…0". */
const labelsOf = (term: string, open: number): string[] =>
  term
    .split(/(\.\.\.|)/)
    .filter((part) => part !== "")
    .flatMap((part) => (part === "..." ? Array.from({ length: open }, (_, i) => `…${open - 1 - i}`) : [part]))

const isOpen = (label: string): boolean => label.startsWith("…")

/** The extent of each label: 1 broadcasts to any other. */
const extentsOf = (
  text: string,
  inputs: readonly (readonly string[])[],
  tensors: readonly Tensor[],
): Map<string, number> => {
  const extents = new Map<string, number>()
  inputs.forEach((labels, i) => {
    labels.forEach((label, axis) => {
      const extent = tensors[i]!.shape[axis]!
      const known = extents.get(label) ?? 1
      if (known !== 1 && extent !== 1 && known !== extent)
        fail(
          "wrong-shape",
          `einsum ${printGiven(text)}: axis ${label} has the extents ${known} and ${extent}`,
          tensors[i],
        )
      extents.set(label, known === 1 ? extent : known)
    })
  })
  return extents
}

/** Diagonals where a label stands twice; axes that broadcast are dropped, because each product has them from elsewhere. */
const withDistinctLabels = (
  given: Tensor,
  all: readonly string[],
  extents: ReadonlyMap<string, number>,
): Labelled => {
  const kept = all.map((label, axis) => given.shape[axis] === extents.get(label))
  let tensor = reshape(
    given,
    given.shape.filter((_, axis) => kept[axis]),
  )
  const labels = all.filter((_, axis) => kept[axis])
  for (;;) {
    const second = labels.findIndex((label, axis) => labels.indexOf(label) < axis)
    if (second < 0) return { tensor, labels }
    const label = labels[second]!
    tensor = diagonal(tensor, { axis1: labels.indexOf(label), axis2: second })
    labels.splice(second, 1)
    labels.splice(labels.indexOf(label), 1)
    labels.push(label)
  }
}

/** Sums over all labels but these. */
const summed = ({ tensor, labels }: Labelled, needed: ReadonlySet<string>): Labelled => {
  const gone = labels.flatMap((label, axis) => (needed.has(label) ? [] : [axis]))
  if (gone.length === 0) return { tensor, labels }
  return { tensor: sum(tensor, { axis: gone }), labels: labels.filter((label) => needed.has(label)) }
}

/** The product of two operands, summed over what neither the result nor a later operand needs. */
const product = (
  left: Labelled,
  right: Labelled,
  later: ReadonlySet<string>,
  extents: ReadonlyMap<string, number>,
): Labelled => {
  const a = summed(left, new Set([...later, ...right.labels]))
  const b = summed(right, new Set([...later, ...left.labels]))
  const shared = a.labels.filter((label) => b.labels.includes(label))
  const inner = shared.filter((label) => !later.has(label))
  const outer = shared.filter((label) => later.has(label))
  const rows = a.labels.filter((label) => !shared.includes(label))
  const columns = b.labels.filter((label) => !shared.includes(label))
  const labels = [...outer, ...rows, ...columns]
  if (inner.length === 0) {
    return { tensor: mul(arranged(a, labels, extents, true), arranged(b, labels, extents, true)), labels }
  }
  const size = (list: readonly string[]): number => list.reduce((n, label) => n * extents.get(label)!, 1)
  const matrix = (part: Labelled, first: readonly string[], second: readonly string[]): Tensor =>
    reshape(arranged(part, [...outer, ...first, ...second], extents), [
      size(outer),
      size(first),
      size(second),
    ])
  const result = matmul(matrix(a, rows, inner), matrix(b, inner, columns))
  return {
    tensor: reshape(
      result,
      labels.map((label) => extents.get(label)!),
    ),
    labels,
  }
}

/** The axes in an order; labels that it does not have are of extent 1 and, unless that is all that is wanted, repeated. */
const arranged = (
  { tensor, labels }: Labelled,
  order: readonly string[],
  extents: ReadonlyMap<string, number>,
  isThin = false,
): Tensor => {
  const own = order.filter((label) => labels.includes(label))
  const moved = transpose(
    tensor,
    own.map((label) => labels.indexOf(label)),
  )
  const thin = reshape(
    moved,
    order.map((label) => (labels.includes(label) ? extents.get(label)! : 1)),
  )
  return isThin || own.length === order.length
    ? thin
    : thin.broadcastTo(order.map((label) => extents.get(label)!))
}
