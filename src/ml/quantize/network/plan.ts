import type { RangeRule } from "./input-grid.ts"

/** How one layer becomes integers. */
export type LayerPlan =
  /** Each function becomes the nearest combination of powers of its sum, whose sums may be wide. */
  | { readonly kind: "powers"; readonly powers: readonly number[]; readonly precision: number }
  /** Each function becomes a table of 2^bits entries, of integers of `outputBits`; sums are proved to stay in the table. */
  | { readonly kind: "table"; readonly bits: number; readonly outputBits: number }
  /** As a table, in the grid that the model itself rounds to, whatever sums it needs. */
  | { readonly kind: "grid" }

/** All that is chosen of an integer network. */
export interface Plan {
  readonly inputBits: number
  readonly inputRule: RangeRule
  readonly layers: readonly LayerPlan[]
  /** Precision of the outputs: rounding adds noise of 2^-precision of what varies in a sum; or the model's own grid. */
  readonly outputPrecision: number | "grid"
}

/** A plan for layers of these kinds, in a few words. */
export const describePlan = (
  { inputBits, inputRule, layers }: Plan,
  kinds: readonly { readonly kind: "curve" | "product" }[],
): string =>
  [
    `inputs of ${inputBits} ${inputBits === 1 ? "bit" : "bits"}${RULES[inputRule]}`,
    ...layers.map((layer, i) => (kinds[i]!.kind === "product" ? "a product" : describeLayer(layer))),
  ].join(", ")

const RULES: Readonly<Record<RangeRule, string>> = {
  "min-max": "",
  percentile: " over all but the outermost values",
  mse: " over the range of least error",
}

const describeLayer = (layer: LayerPlan): string => {
  switch (layer.kind) {
    case "powers":
      return `polynomial of degree ${Math.max(...layer.powers)}${layer.powers.includes(1) ? "" : " (shifted squares)"} on sums of ${layer.precision} bits`
    case "table":
      return `table of ${layer.bits} bits to ${layer.outputBits} bits`
    case "grid":
      return "table of the model's own grid"
  }
}
