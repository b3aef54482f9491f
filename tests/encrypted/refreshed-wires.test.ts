import { describe, expect, test } from "vitest"
import { compileModuleFor } from "../../src/compiler/compile-module.ts"
import { clear, compileModule, define, enc, type Module, RuntimeError, range, uint } from "../../src/index.ts"
import type { ModuleClient, ModuleServer } from "../../src/runtime/index.ts"
import { forge } from "../runtime/support.ts"
import { sharedContexts } from "../support/contexts.ts"

const contextFor = sharedContexts()

const pairFor = async (
  module: Module,
): Promise<{ client: ModuleClient; server: ModuleServer } & Disposable> => {
  const context = await contextFor(module.parameters)
  const client = await module.client({ context })
  const server = await module.server(client.evaluationKeys(), { context })
  const dispose = (): void => {
    server.dispose()
    client.dispose()
  }
  return { client, server, [Symbol.dispose]: dispose }
}

const messageOf = async (run: () => unknown): Promise<string> => {
  try {
    await run()
  } catch (error) {
    expect(error).toBeInstanceOf(RuntimeError)
    return (error as Error).message
  }
  throw new Error("nothing was thrown")
}

const balance = { total: enc(range(-2, 2), [3]), by: enc(range(-1, 1), [3]) }

/** Bytes that the label of a refreshed message of "add" has more than that of its inputs. */
const LABELS =
  '{"function":"add","refreshed":true}'.length - '{"function":"add","inputs":["total","by"]}'.length

describe.each(["bfv", "bgv"] as const)("refreshed values in %s", (scheme) => {
  const module = compileModuleFor(
    {
      add: define(balance, ({ total, by }) => ({
        total: total.add(by).clip(-2, 2),
        moved: by.add(0),
        turned: total.neg(),
      })),
      peek: define({ total: enc(range(-2, 2), [3]) }, ({ total }) => total.sum()),
    },
    {
      steps: 2,
      wires: [
        ["add.total", "add.total"],
        ["add.turned", "add.total"],
        ["add.turned", "peek.total"],
        ["add.total", "peek.total"],
      ],
    },
    { scheme },
  )
  const clip = (v: number): number => Math.max(-2, Math.min(2, v))

  test("begin anew, as often as wanted, alone and beside values of any age", async () => {
    using pair = await pairFor(module)
    const { client, server } = pair
    const margins = module.report().noiseMargins
    const by = (values: number[]) => client.encrypt("add", { by: values })
    let total = [1, -2, 0]
    let state = await server.run("add", client.encrypt("add", { total, by: [0, 0, 0] }))
    expect(client.stepsLeft(state)).toBe(1)
    for (const step of [
      [1, -1, 1],
      [-1, 1, -1],
      [1, 1, 0],
    ]) {
      state = await server.run("add", { total: client.refresh(state), by: by(step) })
      total = total.map((v, i) => clip(v + step[i]!))
      expect(client.decrypt(state)).toMatchObject({ total })
      expect(client.noiseBudget(state)).toBeGreaterThanOrEqual(margins[0]!)
      expect(client.stepsLeft(state)).toBe(1)
    }
    const older = await server.run("add", { total: [state, "turned"], by: by([1, 1, 1]) })
    expect(client.stepsLeft(older)).toBe(0)
    expect(await messageOf(() => server.run("peek", older))).toContain("client.refresh(reply)")
    const fresh = client.refresh(older)
    const { total: now, turned } = client.decrypt(older) as Record<"total" | "turned", number[]>
    expect(client.decrypt(await server.run("peek", fresh))).toBe(now.reduce((a, b) => a + b, 0))
    expect(client.decrypt(await server.run("peek", { total: [fresh, "turned"] }))).toBe(
      turned.reduce((a, b) => a + b, 0),
    )
    // A value that is used twice need not be refreshed twice.
    expect(client.decrypt(await server.run("add", { total: fresh, by: by([0, 0, 0]) }))).toMatchObject({
      total: now,
    })
  })

  test("hold what wires lead from, for all samples in lanes and in groups", async () => {
    using pair = await pairFor(module)
    const { client, server } = pair
    const samples = Array.from({ length: module.report().lanes + 3 }, (_, i) => ({
      total: [i % 3, -(i % 2), 2],
      by: [1, -1, (i % 3) - 1],
    }))
    const once = await server.run("add", client.encryptBatch("add", samples))
    const fresh = client.refresh(once)
    // Of three outputs two: as many ciphertexts as for the inputs.
    expect(fresh.length).toBe(client.encryptBatch("add", samples).length + LABELS)
    const summed = await server.run("peek", fresh)
    expect(client.decrypt(summed)).toEqual(
      samples.map(({ total, by }) => total.map((v, i) => clip(v + by[i]!)).reduce((a, b) => a + b, 0)),
    )
  })
})

describe("refreshed values that are refused", () => {
  const bit = { x: enc(uint(1)) }
  const module = compileModuleFor(
    {
      flip: define({ ...bit, k: clear(uint(1)) }, ({ x, k }) => ({ x: x.neg().add(1), k })),
      same: define(bit, ({ x }) => x),
      end: define(bit, ({ x }) => x.add(3)),
    },
    {
      steps: 1,
      wires: [
        ["flip.x", "flip.x"],
        ["same.y", "same.x"],
      ],
    },
    { n: 4096 },
  )

  test("by functions that no wire leads to, and where no wire leads from", async () => {
    using pair = await pairFor(module)
    const { client, server } = pair
    const flipped = await server.run("flip", client.encrypt("flip", { x: 0, k: 1 }))
    const fresh = client.refresh(flipped)
    const k = client.encrypt("flip", { k: 0 })
    expect(client.decrypt(await server.run("flip", { x: fresh, k }))).toEqual({ x: 0, k: 0 })
    expect(await messageOf(() => server.run("same", fresh))).toBe(
      'no wire leads from x (enc 0..1), k (clear 0..1) of "flip" to input "x" of "same" (enc 0..1)',
    )
    const ended = await server.run("end", client.encrypt("end", { x: 1 }))
    expect(await messageOf(() => client.refresh(ended))).toBe(
      'no wire leads from function "end": no other takes what it gives\n' +
        "decrypt the reply, or compile the module with a wire",
    )
    expect(await messageOf(() => client.refresh(fresh))).toBe("this is a request, not a reply")
    expect(await messageOf(() => client.decrypt(fresh))).toBe("this is a request, not a reply")
    expect(await messageOf(() => client.stepsLeft(fresh))).toBe("this is a request, not a reply")
  })

  test("when they are of another module or key, altered, or labelled as something else", async () => {
    using pair = await pairFor(module)
    using other = await pairFor(module)
    const { client, server } = pair
    const reply = await server.run("same", client.encrypt("same", { x: 1 }))
    const fresh = client.refresh(reply)
    const altered = fresh.slice()
    altered[altered.length >> 1]! ^= 1
    expect(await messageOf(() => server.run("same", altered))).toContain("was altered")
    // {"function":"same","refreshed":true}
    for (const [at, to] of [
      [14, "m"],
      [32, "T"],
    ] as const)
      expect(
        await messageOf(() =>
          server.run(
            "same",
            forge(fresh, at, () => to.charCodeAt(0)),
          ),
        ),
      ).toMatch(/does not say what it holds|has no function/)
    expect(await messageOf(() => other.client.refresh(reply))).toMatch(/noise|range/)
    const foreign = compileModuleFor({ same: define(bit, ({ x }) => x) }, { steps: 1 }, { n: 8192 })
    using third = await pairFor(foreign)
    expect(await messageOf(() => third.server.run("same", fresh))).toContain("belongs to program")
  })

  test("by a client that is disposed", async () => {
    const pair = await pairFor(module)
    const reply = await pair.server.run("same", pair.client.encrypt("same", { x: 1 }))
    pair[Symbol.dispose]()
    expect(await messageOf(() => pair.client.refresh(reply))).toBe("this client is disposed")
    expect(await messageOf(() => pair.client.stepsLeft(reply))).toBe("this client is disposed")
  })
})

test("a store on the server takes a hundred inserts", async () => {
  const slots = 4
  const entry = { key: enc(range(0, slots - 1)), store: enc(uint(4), [slots]) }
  const places = Array.from({ length: slots }, (_, i) => i)
  const module = compileModule(
    {
      put: define({ ...entry, value: enc(uint(4)) }, ({ store, key, value }) => ({
        store: store.add(key.eq(places).mul(value.sub(store))).assume(0, 15),
      })),
      get: define(entry, ({ store, key }) => key.eq(places).mul(store).sum().assume(0, 15)),
    },
    {
      steps: 1,
      wires: [
        ["put.store", "put.store"],
        ["put.store", "get.store"],
      ],
    },
  )
  using pair = await pairFor(module)
  const { client, server } = pair
  const plain = places.map(() => 0)
  let state: Uint8Array | undefined
  for (let i = 0; i < 100; i++) {
    const [key, value] = [(i * i + 3 * i + 1) % slots, (7 * i + 5) % 16]
    const given = { key, value, ...(state === undefined && { store: plain }) }
    const insert = client.encrypt("put", given)
    state = await server.run(
      "put",
      state === undefined ? insert : { key: insert, value: insert, store: client.refresh(state) },
    )
    plain[key] = value
    if (i % 25 === 24) expect(client.decrypt(state)).toEqual({ store: plain })
  }
  const fresh = client.refresh(state!)
  for (const key of places) {
    const found = await server.run("get", { store: fresh, key: client.encrypt("get", { key }) })
    expect(client.decrypt(found)).toBe(plain[key])
  }
}, 600_000)

test("a game of life on the server goes on for a hundred generations", async () => {
  const size = 4
  // Of each cell twice the living among it and those around it, less the cell: 5, 6 and 7 live on, and odd ones are alive. It is
  // counted after the table, where rotations are cheap.
  const module = compileModule(
    {
      next: define({ code: enc(range(0, 17), [size, size]) }, ({ code }) => {
        const board = code.lookup(Array.from({ length: 18 }, (_, v) => Number(v >= 5 && v <= 7)))
        const rows = board.roll(1, 0).add(board).add(board.roll(-1, 0))
        return { code: rows.roll(1, 1).add(rows).add(rows.roll(-1, 1)).mul(2).sub(board) }
      }),
    },
    { steps: 1 },
  )
  /** The living around each cell. */
  const around = (board: readonly (readonly number[])[]): number[][] =>
    board.map((row, r) =>
      row.map((cell, c) => {
        let living = -cell
        for (const dr of [-1, 0, 1])
          for (const dc of [-1, 0, 1]) living += board.at((r + dr) % size)!.at((c + dc) % size)!
        return living
      }),
    )
  const next = (board: readonly (readonly number[])[]): number[][] =>
    around(board).map((row, r) =>
      row.map((living, c) => Number(living === 3 || (living === 2 && board[r]![c] === 1))),
    )
  const codes = (board: readonly (readonly number[])[]): number[][] =>
    around(board).map((row, r) => row.map((living, c) => 2 * living + board[r]![c]!))
  using pair = await pairFor(module)
  const { client, server } = pair
  // A glider, which goes round and round, and on another board three in a row.
  const boards = [
    [
      [0, 1, 0, 0],
      [0, 0, 1, 0],
      [1, 1, 1, 0],
      [0, 0, 0, 0],
    ],
    [
      [0, 0, 0, 0],
      [1, 1, 0, 1],
      [0, 0, 1, 0],
      [0, 1, 1, 0],
    ],
  ]
  let plain: number[][][] = boards
  let state = client.encryptBatch(
    "next",
    boards.map((board) => ({ code: codes(board) })),
  )
  for (let generation = 0; generation < 100; generation++) {
    const request = generation === 0 ? state : client.refresh(state)
    state = await server.run("next", request)
    plain = plain.map(next)
    if (generation % 10 === 9) {
      const found = client.decrypt(state) as { code: number[][] }[]
      expect(found).toEqual(plain.map((board) => ({ code: codes(board) })))
      expect(found.map(({ code }) => code.map((row) => row.map((v) => v % 2)))).toEqual(plain)
    }
  }
  expect(plain.map((board) => board.flat().reduce((a, b) => a + b))).toEqual([4, 4])
}, 900_000)
