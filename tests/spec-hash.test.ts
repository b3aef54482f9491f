import { beforeAll, describe, expect, test } from "vitest"
import { readSpec } from "../src/client.ts"
import { RuntimeError } from "../src/data/index.ts"
import { clear, compile, compileModule, define, enc, range, uint } from "../src/index.ts"
import { ModuleClient, type ModuleSpec, type ProgramSpec, packSpec } from "../src/runtime/index.ts"

/** The places of all values in plain data that hold no others, and of lists, which could be longer. */
const leavesOf = (data: unknown, place: readonly string[] = []): (readonly string[])[] => {
  if (typeof data !== "object" || data === null) return [place]
  const within = Object.entries(data).flatMap(([key, value]) => leavesOf(value, [...place, key]))
  return Array.isArray(data) ? [place, ...within] : within
}

/** Another value in the place of a leaf. */
const other = (value: unknown): unknown => {
  if (value === "single") return "array"
  if (value === "array" || value === "record") return value === "array" ? "record" : "array"
  if (typeof value === "string") return /^[0-9a-f]{64}$/.test(value) ? "ab".repeat(32) : `${value}x`
  if (typeof value === "boolean") return !value
  if (typeof value === "bigint") return value + 1n
  if (typeof value === "number") return value + 1
  if (Array.isArray(value)) return [...value, value[0] ?? 1]
  return { length: 1, period: 1 }
}

/** A copy in which one leaf is another. */
const changedAt = <T>(data: T, [key, ...rest]: readonly string[]): T => {
  if (key === undefined) return other(data) as T
  const record = data as Readonly<Record<string, unknown>>
  const changed = changedAt(record[key], rest)
  if (!Array.isArray(data)) return { ...record, [key]: changed } as T
  return data.map((each, i) => (String(i) === key ? changed : each)) as T
}

const messageOf = (run: () => unknown): string => {
  try {
    run()
  } catch (error) {
    return (error as Error).message
  }
  return ""
}

const programs = {
  "one circuit": () =>
    compile({ x: enc(uint(4), [4]), s: clear(uint(2)) }, ({ x, s }) => x.mul([1, 2, 3, 4]).sum().add(s)),
  "an input sent one-hot": () => compile({ x: enc(uint(5)) }, ({ x }) => x.mul(x).mod(7)),
  "several rounds": () =>
    compile({ x: enc(uint(2), [4]) }, ({ x }) => x.lookup([1, 0, 3, 2]).refresh().lookup([3, 1, 2, 0])),
  "several plaintext moduli": () =>
    compile({ x: enc(uint(31)), y: enc(uint(31)) }, ({ x, y }) => ({ product: x.mul(y) })),
}

describe.each(Object.entries(programs))("the specification of a program of %s", (_, make) => {
  let spec: ProgramSpec
  beforeAll(() => {
    spec = make().spec
  })

  test("is refused wherever anything of it is another, under its hash", () => {
    const { hash } = spec
    expect(readSpec(packSpec(spec), { hash })).toEqual(spec)
    const leaves = leavesOf(spec)
    expect(leaves.length).toBeGreaterThan(30)
    const byHash: string[] = []
    for (const place of leaves) {
      const changed = packSpec(changedAt(spec, place))
      const read = () => readSpec(changed, { hash })
      expect(read, place.join(".")).toThrow(RuntimeError)
      if (messageOf(read).includes("its hash is not that of what its client's part says")) {
        byHash.push(place.join("."))
      }
    }
    // What else is checked of a specification would let these pass.
    const believed = ["hash", "name", "circuit", "returns", "inputs.0.name", "inputs.0.lo", "outputs.0.hi"]
    expect(byHash).toEqual(expect.arrayContaining(believed))
  })
})

describe("the specification of a module", () => {
  const module = compileModule(
    {
      inc: define({ x: enc(range(0, 2)), s: clear(uint(2)) }, ({ x, s }) => ({ y: x.add(1).mod(3), s })),
      pair: define({ a: enc(range(0, 2)), b: enc(range(0, 2)) }, ({ a, b }) => [a.add(b).mod(3), a]),
    },
    { name: "counter", steps: 2 },
  )

  test("is refused by the client wherever anything of it is another, under its hash", async () => {
    const leaves = leavesOf(module.spec)
    const places = leaves.map((place) => place.join("."))
    for (const place of ["name", "circuits", "steps", "keys.rotations", "layout.ring", "functions.0.returns"])
      expect(places).toContain(place)
    for (const place of leaves) {
      const changed = changedAt(module.spec, place)
      await expect(ModuleClient.create(changed), place.join(".")).rejects.toThrow(
        "its hash is not that of what it says",
      )
    }
  })

  test("is refused where it says more or less, or what no specification says", async () => {
    const { wires, ...less } = module.spec
    expect(wires.length).toBeGreaterThan(0)
    for (const changed of [less, { ...module.spec, more: 1 }, { ...module.spec, steps: () => 2 }]) {
      await expect(ModuleClient.create(changed as ModuleSpec)).rejects.toThrow("is damaged")
    }
  })

  test("is that of other names, wires and constants under another hash", () => {
    const hashes = [
      { name: "a", by: 1, wires: [] },
      { name: "b", by: 1, wires: [] },
      { name: "a", by: 2, wires: [] },
      { name: "a", by: 1, wires: [["inc.y", "inc.x"]] as [string, string][] },
    ].map(
      ({ name, by, wires }) =>
        compileModule(
          { inc: define({ x: enc(range(0, 2)) }, ({ x }) => ({ y: x.add(by).mod(3) })) },
          { name, wires, steps: wires.length + 1 },
        ).spec.hash,
    )
    expect(new Set(hashes).size).toBe(4)
  })
})
