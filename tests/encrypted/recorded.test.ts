// Programs recorded with numpy, decrypted from real SEAL. Those of one depth are compiled together, so that they share keys.
import { describe, expect, test } from "vitest"
import { compile } from "../../src/compiler/compile.ts"
import type { Inputs, Tensor } from "../../src/frontend/index.ts"
import { defaultTarget, depthOf, runPasses } from "../../src/passes/index.ts"
import { flatTexts, inputsOf, type Recorded, recorded, traced, valuesOf, write } from "../numpy/recorded.ts"
import { sharedContexts } from "../support/contexts.ts"

const GROUPS = 10
const SIZE = 6
const DEEPEST = 4
const STEP = 7

const contextFor = sharedContexts()

const depthIn = (program: Recorded): number | undefined => {
  try {
    const { program: source } = traced(program)
    return source.outputs.get("y")!.type.secret ? depthOf(runPasses(source, defaultTarget)) : undefined
  } catch {
    return undefined
  }
}

/** Every seventh of the small programs, as far as they are shallow, from the shallowest on. */
const chosen = (): Recorded[] => {
  const small = recorded().programs.filter(({ c, y }) => c === 1 && y !== null && y[1].length > 0)
  const found: { program: Recorded; depth: number }[] = []
  for (let i = 0; i < small.length && found.length < GROUPS * SIZE; i += STEP) {
    const depth = depthIn(small[i]!)
    if (depth !== undefined && depth <= DEEPEST) found.push({ program: small[i]!, depth })
  }
  return found.sort((a, b) => a.depth - b.depth).map(({ program }) => program)
}

const named = <V>(k: number, record: Readonly<Record<string, V>>): [string, V][] =>
  Object.entries(record).map(([name, value]) => [`p${k}${name}`, value])

describe("programs recorded with numpy, on ciphertexts", () => {
  const programs = chosen()

  test(`${GROUPS * SIZE} of them were found`, () => expect(programs.length).toBe(GROUPS * SIZE))

  test.each(Array.from({ length: GROUPS }, (_, group) => group))("group %i decrypts alike", async (group) => {
    const some = programs.slice(group * SIZE, (group + 1) * SIZE)
    const inputs: Inputs = Object.fromEntries(some.flatMap((program, k) => named(k, inputsOf(program))))
    const program = compile(inputs, (given: Readonly<Record<string, Tensor>>) =>
      Object.fromEntries(
        some.map((each, k) => {
          const own = Object.keys(inputsOf(each)).map((name) => [name, given[`p${k}${name}`]!])
          return [`p${k}`, write(each, Object.fromEntries(own))]
        }),
      ),
    )
    const context = await contextFor(program.parameters)
    using client = await program.client({ context })
    using server = await program.server(client.evaluationKeys(), { context })
    const values = Object.fromEntries(some.flatMap((each, k) => named(k, valuesOf(each))))
    const found = client.decrypt(await server.run(client.encrypt(values as never))) as Record<string, unknown>
    expect(some.map((_, k) => flatTexts(found[`p${k}`]))).toEqual(some.map(({ y }) => y![1].map(String)))
  })
})
