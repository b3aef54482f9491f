import { ProgramError, printShape, sizeOf } from "../../../../data/index.ts"
import type { FloatNode } from "../../../graph/graph.ts"
import { Budget } from "../../budget.ts"
import type { Network } from "../network.ts"
import { indicatorColumns } from "./indicator-columns.ts"
import { constantRow } from "./linear-rows.ts"
import { lowerElementwise } from "./lower-elementwise.ts"
import { lowerLinear } from "./lower-linear.ts"
import { Lowering } from "./lowering.ts"
import type { NetworkPart } from "./network-part.ts"

export interface LoweringOptions {
  /** Whether the model's own rounding of activations is left out: for grids whose tables would be too large. */
  readonly dropsGrids?: boolean
  /** Quantizers that clip values: without the rounding they are functions still. */
  readonly saturated?: ReadonlySet<FloatNode>
}

/**
 * A model as linear maps and layers. Throws ProgramError, with all nodes that have no such form and what to do instead.
 */
export const lowerNetwork = async (
  part: NetworkPart,
  options: LoweringOptions = {},
  budget = new Budget(),
): Promise<Network> => {
  const lowering = new Lowering(part, options.dropsGrids === true, options.saturated ?? new Set())
  const problems: string[] = []
  for (const node of part.inside) {
    await budget.turn()
    const problem = lowerNode(lowering, node)
    if (typeof problem === "string") {
      problems.push(`${node.kind} "${node.name}" ${printShape(node.shape)}: ${problem}`)
      lowering.set(node, { rows: Array.from({ length: sizeOf(node.shape) }, () => constantRow(0)), node })
    }
  }
  if (problems.length > 0)
    throw new ProgramError(`the model cannot be quantized as a network\n${problems.join("\n")}`, {
      code: "unsupported-model",
    })
  const output = lowering.linear(part.end)
  return {
    columns: part.entries.reduce((sum, { shape }) => sum + sizeOf(shape), 0),
    indicators: indicatorColumns(part),
    inputGrid: lowering.inputGrid,
    layers: lowering.layers,
    output,
    substitutes: lowering.substitutes,
  }
}

/** What is wrong with a node, if anything. */
const lowerNode = (lowering: Lowering, node: FloatNode): string | true | undefined => {
  if (node.kind !== "constant") return lowerLinear(lowering, node) ?? lowerElementwise(lowering, node)
  lowering.set(node, { rows: Array.from(node.attributes.tensor.values, constantRow), node })
  return true
}
