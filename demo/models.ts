import { loadNetwork } from "../examples/digits/network.ts"
import { compileDigits } from "../examples/digits/program.ts"
import type { ModelSource } from "../src/serve/index.ts"

/** The models of the demo by the names that the page shows; the first is the one it starts with. */
export const demoModels: Readonly<Record<string, () => ModelSource>> = {
  accurate: () => compileDigits(loadNetwork(), 1),
}
