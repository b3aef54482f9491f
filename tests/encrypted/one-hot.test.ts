import { expect, test } from "vitest"
import { chooseParameters } from "../../src/backend/index.ts"
import { Compiled } from "../../src/compiler/compiled.ts"
import { trace } from "../../src/frontend/index.ts"
import { compile, enc, range, uint } from "../../src/index.ts"
import { defaultTarget, encodeInputs, runPasses } from "../../src/passes/index.ts"

/** A table without structure. */
const scattered = (size: number): number[] => Array.from({ length: size }, (_, x) => (x ** 3 + 77 * x) % 251)

test("a table of 8 bits of one value is sent one-hot, and gives every entry", async () => {
  const entries = scattered(256)
  const program = compile({ x: enc(uint(8)) }, ({ x }) => x.lookup(entries))
  try {
    expect(program.circuit.inputs[0]!.encoding).toEqual({ base: 256, digits: 1 })
    expect(program.report().counts.products).toBe(0)
    const samples = Array.from({ length: 256 }, (_, x) => ({ x }))
    expect(await program.runBatch(samples)).toEqual(entries)
    await expect(program.run({ x: 256 })).rejects.toThrow(
      'input "x" is 256, outside its declared range 0..255',
    )
  } finally {
    await program.dispose()
  }
})

test("a table of all 65,537 values that there may be, in two digits, has one level of products, and gives its entries", async () => {
  const entries = scattered(65537)
  const traced = trace("wide", { x: enc(range(0, 65536)) }, ({ x }) => x.lookup(entries))
  const optimized = encodeInputs.run(runPasses(traced.program, defaultTarget), {
    ...defaultTarget,
    digits: 2,
  })
  const choice = chooseParameters(optimized, { batch: 1, margin: 10, maxKeyBytes: Infinity, security: 128 })
  if ("reason" in choice) throw new Error(`no parameters: ${choice.reason}`)
  const program = new Compiled(traced, optimized, choice)
  try {
    expect(program.circuit.inputs[0]!.encoding).toEqual({ base: 512, digits: 2 })
    expect(program.report().depth).toBe(1)
    const values = [
      0,
      1,
      255,
      256,
      257,
      65535,
      65536,
      ...Array.from({ length: 57 }, (_, i) => (i * 1129 + 17) % 65536),
    ]
    const results = await program.runBatch(values.map((x) => ({ x })))
    expect(results).toEqual(values.map((x) => entries[x]))
    await expect(program.run({ x: -1 })).rejects.toThrow(
      'input "x" is -1, outside its declared range 0..65536',
    )
  } finally {
    await program.dispose()
  }
})
