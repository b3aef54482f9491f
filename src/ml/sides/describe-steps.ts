import type { RowStep } from "../../data/index.ts"
import type { Steps } from "./step-list.ts"

/** What a client does, in the order of its steps: a few words for each kind, and how often where that is more than once. */
export const describeSteps = (steps: Steps): readonly string[] => {
  const counts = new Map<string, number>()
  for (const step of steps) {
    const words = wordsFor(step)
    if (words !== undefined) counts.set(words, (counts.get(words) ?? 0) + 1)
  }
  return [...counts].map(([words, count]) => (count === 1 ? words : `${words}, ${count} times`))
}

/** Undefined for steps that only move numbers. */
const wordsFor = (step: RowStep): string | undefined => {
  switch (step.kind) {
    case "pick":
    case "concat":
    case "constant":
      return undefined
    case "affine":
      return "scale and shift"
    case "matrix":
      return `a matrix with ${step.rows.length} ${step.rows.length === 1 ? "row" : "rows"}`
    case "oneHot":
      return "categories one-hot"
    case "lookup":
      return "a value for each category"
    case "map":
      return step.function
    case "zip":
      return ZIPS[step.function] ?? step.function
    case "select":
      return "choice between values"
    case "fold":
      return `${step.by} of numbers`
    case "argument":
      return `place of the ${step.by === "max" ? "largest" : "least"}`
    case "line":
      return step.function === "softmax" ? "softmax" : "logarithm of softmax"
    case "normalize":
      return `division by the norm (${step.by})`
    case "nearest":
      return `the ${step.k} nearest points`
  }
}

const ZIPS: Readonly<Record<string, string>> = {
  add: "sums of two numbers",
  sub: "differences",
  mul: "products",
  div: "quotients",
  max: "the larger of two numbers",
  min: "the smaller of two numbers",
}
