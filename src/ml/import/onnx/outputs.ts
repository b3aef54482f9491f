import type { FloatNode, FloatOutput } from "../../graph/graph.ts"
import type { Entry } from "./onnx-op.ts"
import { orderOf } from "./order-of.ts"
import { scoresOf } from "./scores.ts"

type Labels = Extract<Entry, { is: "labels" }>

/**
 * Outputs that are numbers; of those that are labels, the scores they follow from. The place of the largest or least of
 * numbers that another output has is a label as well.
 */
export const outputsOf = (
  named: readonly { readonly name: string; readonly entry: Entry }[],
): FloatOutput[] => {
  const values = named.flatMap(({ name, entry }) =>
    entry.is === "value" ? [{ name, node: entry.node }] : [],
  )
  const given = named.flatMap(({ entry }) => (entry.is === "labels" ? [entry] : []))
  const places = values.flatMap(({ node }) => {
    const labels = placesOf(node)
    const isTold = values.some((other) => labels && other.node !== node && orderOf(other.node, labels.scores))
    return isTold ? [{ node, labels: labels! }] : []
  })
  const labels = [...given, ...places.map((place) => place.labels)]
  const numbers = values.filter(({ node }) => !places.some((place) => place.node === node))
  const outputs =
    numbers.length > 0
      ? numbers
      : named.flatMap(({ name, entry }) => (entry.is === "labels" ? [{ name, node: entry.scores }] : []))
  return outputs.map(({ name, node }) => ({ name, node, ...meaningOf(node, labels) }))
}

const meaningOf = (node: FloatNode, labels: readonly Labels[]): Omit<FloatOutput, "name" | "node"> => {
  const told = labels
    .map((about) => ({ about, order: orderOf(node, about.scores) }))
    .find(({ order }) => order !== undefined)
  const [only] = labels
  const fits = labels.length === 1 && node.shape.at(-1) === only!.classes?.length
  const about = told?.about ?? (fits ? only : undefined)
  const isReversed = (about?.leastWins ?? false) !== (told?.order?.isReversed ?? false)
  const kind = about?.scores === node || told?.order?.isSecond ? about?.kind : undefined
  return {
    scores: kind ?? scoresOf(node, labels.length > 0),
    ...(about?.classes && { classes: about.classes }),
    ...(isReversed && { leastWins: true }),
  }
}

/** The labels that a node gives which tells the place of the largest or least element. */
const placesOf = (node: FloatNode): Labels | undefined => {
  let at = node
  while (at.kind === "reshape") at = at.operands[0]!
  const [scores] = at.operands
  if (at.kind !== "argument" || scores?.shape.length !== 1) return undefined
  const classes = Array.from({ length: scores.shape[0]! }, (_, i) => i)
  return { is: "labels", scores, classes, ...(at.attributes.of === "min" && { leastWins: true }) }
}
