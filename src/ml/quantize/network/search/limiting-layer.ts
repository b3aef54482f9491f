import type { Limit } from "../../integer-model.ts"
import type { Network } from "../network.ts"
import type { LayerPlan } from "../plan.ts"
import type { Judge, Verdict } from "./cross-validate.ts"

/**
 * Where most of what a plan loses is lost: layers become integers one after the other, and the one at which the risk rises
 * most limits the model. It has the share of the measured loss that it has of the risk.
 */
export const limitingLayer = async (
  network: Network,
  judge: Judge,
  { plan, risk, loss }: Verdict,
): Promise<Limit> => {
  const risks = [0, ...(await judge.risksByLayer(plan)), risk]
  const stages: readonly Omit<Limit, "points">[] = [
    network.substitutes.length > 0
      ? { where: "what stands in for max pooling", remedy: "train with average pooling" }
      : {
          where: "the model's own rounding, which is left out",
          remedy: "train with fewer bits of weights and activations, so that its grid can be kept",
        },
    {
      where: `inputs of ${plan.inputBits} ${plan.inputBits === 1 ? "bit" : "bits"}`,
      remedy: "leave out columns that tell little, or bring them to few distinct values",
    },
    ...plan.layers.map((layer, i) => ({
      where: placeOf(network, i),
      remedy: network.layers[i]!.kind === "product" ? "use a function of one value there" : remedyOf(layer),
    })),
    { where: "the rounding of the outputs", remedy: "give quantize more calibration rows" },
  ]
  const rises = stages.map((_, i) => risks[i + 1]! - risks[i]!)
  const worst = rises.indexOf(Math.max(...rises))
  // What comes after may make up for some of it.
  return { ...stages[worst]!, points: loss * Math.min(rises[worst]! / risk, 1) }
}

/** How a layer is called in messages. */
export const placeOf = ({ layers }: Network, i: number): string =>
  `layer ${i + 1} of ${layers.length}, "${layers[i]!.name}"`

const remedyOf = (plan: LayerPlan): string => {
  switch (plan.kind) {
    case "powers":
      return "train that layer with x², or with a function that a polynomial of low degree comes near to"
    case "table":
      return "give that layer fewer inputs, or train it with few bits of weights and inputs"
    case "grid":
      return "train that layer with more bits"
  }
}
