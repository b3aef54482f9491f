import { expect, test } from "vitest"
import { chooseParameters, type Parameters } from "../../src/backend/index.ts"
import { Compiled } from "../../src/compiler/compiled.ts"
import { trace } from "../../src/frontend/index.ts"
import { enc, uint } from "../../src/index.ts"
import { defaultTarget, runPasses } from "../../src/passes/index.ts"

const SIZE = 128
const weights = Array.from({ length: SIZE }, (_, r) =>
  Array.from({ length: SIZE }, (_, c) => ((r * 7 + c * 3) % 7) - 3),
)
const x = Array.from({ length: SIZE }, (_, i) => (i * 5) % 16)
const traced = trace("rows", { x: enc(uint(4), [SIZE]) }, ({ x }) => x.matmul(weights))

test.each<Parameters["scheme"]>(["bfv", "bgv"])(
  "copies in both rows of a ciphertext share the diagonals of a matrix (%s)",
  async (scheme) => {
    const n = 8192
    const optimized = runPasses(traced.program, defaultTarget)
    const options = {
      batch: 1,
      margin: 10,
      maxKeyBytes: Infinity,
      security: 128,
      scheme,
      n,
      ring: n,
    } as const
    const choice = chooseParameters(optimized, options)
    if ("reason" in choice) throw new Error(choice.reason)
    expect(choice.keys.rotations).toContain(n / 2)
    const compiled = new Compiled(traced, optimized, choice)
    using client = await compiled.client()
    using server = await compiled.server(client.evaluationKeys())
    const reply = await server.run(client.encrypt({ x }))
    const expected = weights[0]!.map((_, c) => x.reduce((sum, value, r) => sum + value * weights[r]![c]!, 0))
    expect(client.decrypt(reply)).toEqual(expected)
    // One prime is left, and nothing is sent of the others; in BGV a factor of 8 bytes goes along.
    const [bits] = compiled.parameters.primes
    expect(compiled.report().ciphertextBytes.reply).toBe((2 * n * bits!) / 8 + (scheme === "bgv" ? 8 : 0))
  },
)
