import type { Builder, Node } from "../ir/index.ts"
import { folded } from "./fold-constants.ts"
import type { Pass } from "./pass.ts"
import { isWithin, sameShape } from "./shared/node-values.ts"
import { sweep, untilStable } from "./shared/sweep.ts"
import { simplifyArithmetic } from "./simplify/arithmetic-rules.ts"
import { simplifyMovement } from "./simplify/movement-rules.ts"
import { RealFunctions } from "./simplify/real-rules.ts"

/** Algebra, to a fixed point. A rule's result stands only where its shape is the same and its interval no wider. */
export const simplify: Pass = {
  name: "simplify",
  doc: "Removes what does nothing, gathers constants, and moves reshapes and the like below real functions so that these meet.",
  run: (program, _target, made) =>
    untilStable(program, made, (before, inside) => {
      const reals = new RealFunctions()
      return sweep(before, inside, (node, operands, builder) =>
        simplified(builder.remake(node, operands), reals, builder),
      )
    }),
}

const simplified = (node: Node, reals: RealFunctions, builder: Builder): Node => {
  let best = node
  for (;;) {
    const constant = folded(builder, best)
    const next =
      constant !== best
        ? constant
        : (simplifyArithmetic(best, builder) ??
          simplifyMovement(best, builder) ??
          reals.simplify(best, builder))
    if (next === undefined || next === best || !mayReplace(best, next)) return best
    best = next
  }
}

const mayReplace = (old: Node, fresh: Node): boolean =>
  sameShape(old.type.shape, fresh.type.shape) &&
  old.type.kind === fresh.type.kind &&
  isWithin(fresh.type, old.type)
