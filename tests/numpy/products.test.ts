// Case groups 6 and 7: dot and matrix products, with constants on either side and of two secrets.
import { describe, expect, it } from "vitest"
import { ProgramError } from "../../src/data/index.ts"
import { dot, enc, matmul, range, trace } from "../../src/frontend/index.ts"
import { broadcast, build, flat, get, type Nested, shapeOf } from "./reference.ts"
import { samplesOf, that } from "./support.ts"

/** numpy's rule in plain loops; undefined where numpy refuses. */
const product = (a: Nested, b: Nested): Nested | undefined => {
  const [p, q] = [shapeOf(a), shapeOf(b)]
  if (p.length === 0 || q.length === 0) return undefined
  const left = p.length === 1 ? [1, ...p] : p
  const right = q.length === 1 ? [...q, 1] : q
  const n = left.at(-1)!
  const batch = broadcast(left.slice(0, -2), right.slice(0, -2))
  if (n !== right.at(-2) || batch === undefined) return undefined
  const rows = p.length === 1 ? [] : [left.at(-2)!]
  const columns = q.length === 1 ? [] : [right.at(-1)!]
  return build([...batch, ...rows, ...columns], (at) => {
    const outer = at.slice(0, batch.length)
    const row = p.length === 1 ? 0 : at[batch.length]!
    const column = q.length === 1 ? 0 : at.at(-1)!
    const place = (shape: number[]) =>
      outer.slice(outer.length - (shape.length - 2)).map((i, k) => (shape[k] === 1 ? 0 : i))
    let total = 0
    for (let k = 0; k < n; k++) {
      const x = get(a, p.length === 1 ? [k] : [...place(left), row, k])
      const y = get(b, q.length === 1 ? [k] : [...place(right), k, column])
      total += x * y
    }
    return total
  })
}

const weights = (shape: readonly number[]): Nested =>
  build(shape, (at) => ((at.reduce((h, i) => h * 5 + i, 1) * 7) % 9) - 4)

const PAIRS: [number[], number[]][] = [
  [
    [3, 2],
    [2, 3],
  ],
  [[2], [2]],
  [[5], [5, 5]],
  [[5, 5], [5]],
  [[5], [4, 5, 3]],
  [[4, 3, 5], [5]],
  [[2, 4, 5, 3], [3]],
  [[3], [2, 2, 3, 4]],
  [
    [5, 4, 3],
    [3, 2],
  ],
  [
    [5, 4, 3],
    [2, 1, 3, 2],
  ],
  [
    [2, 1, 4, 3],
    [5, 3, 2],
  ],
  [
    [1, 3],
    [3, 1],
  ],
  [
    [1, 1],
    [1, 1],
  ],
  [
    [2, 3, 4],
    [2, 4, 1],
  ],
]

describe("matrix products", () => {
  it.each(
    PAIRS.flatMap(([p, q]) => [
      that(
        `[${p}] @ constant [${q}]`,
        { x: enc(range(0, 3), p) },
        ({ x }) => x.matmul(weights(q)),
        ({ x }) => product(x, weights(q)),
      ),
      that(
        `constant [${p}] @ [${q}]`,
        { x: enc(range(-7, 7), q) },
        ({ x }) => matmul(weights(p), x),
        ({ x }) => product(weights(p), x),
      ),
    ]),
  )("%s", (_name, run) => run())

  it.each(
    PAIRS.slice(0, 9).map(([p, q]) =>
      that(
        `secret [${p}] @ secret [${q}]`,
        { x: enc(range(-3, 3), p), y: enc(range(0, 3), q) },
        ({ x, y }) => x.matmul(y),
        ({ x, y }) => product(x, y),
      ),
    ),
  )("%s", (_name, run) => run())

  it("refuses just the shapes that numpy refuses", () => {
    const shapes = [[], [2], [3], [2, 3], [3, 2], [1, 3], [2, 2, 3], [3, 3, 2], [2, 1, 3, 2]]
    for (const p of shapes) {
      for (const q of shapes) {
        const call = () => trace("f", { x: enc(range(0, 3), p) }, ({ x }) => x.matmul(build(q, () => 1)))
        const expected = product(
          build(p, () => 1),
          build(q, () => 1),
        )
        if (expected === undefined) expect(call, `${p} @ ${q}`).toThrow(ProgramError)
        else expect(call().program.outputs.get("y")!.type.shape).toEqual(shapeOf(expected))
      }
    }
  })
})

const sumOfProducts = (a: readonly number[], b: readonly number[]): number => {
  let total = 0
  for (let i = 0; i < a.length; i++) total += a[i]! * b[i]!
  return total
}

describe("dot, inner, outer and vdot", () => {
  it.each([
    ...[1, 4, 6, 10].map((n) => {
      const most = Math.floor(Math.sqrt(127 / n))
      return that(
        `dot of ${n} with constants`,
        { x: enc(range(0, most), [n]) },
        ({ x }) => [x.dot(weights([n])), dot(weights([n]), x)],
        ({ x }) => {
          const total = sumOfProducts(flat(x), flat(weights([n])))
          return [total, total]
        },
      )
    }),
    ...[1, 10].flatMap((n) =>
      [range(0, 3), range(-32, 31)].map((type) =>
        that(
          `dot of ${n} secrets in ${type.lo}..${type.hi}`,
          { x: enc(type, [n]), y: enc(type, [n]) },
          ({ x, y }) => x.dot(y),
          ({ x, y }) => sumOfProducts(flat(x), flat(y)),
        ),
      ),
    ),
    that(
      "dot of three axes and two",
      { x: enc(range(-3, 3), [2, 2, 3]) },
      ({ x }) => x.dot(weights([3, 4])),
      ({ x }) =>
        build([2, 2, 4], ([i, j, k]) =>
          [0, 1, 2].reduce((t, l) => t + get(x, [i!, j!, l]) * get(weights([3, 4]), [l, k!]), 0),
        ),
    ),
    that(
      "dot of two axes and three",
      { x: enc(range(-3, 3), [2, 3]) },
      ({ x }) => x.dot(weights([2, 3, 4])),
      ({ x }) =>
        build([2, 2, 4], ([i, j, k]) =>
          [0, 1, 2].reduce((t, l) => t + get(x, [i!, l]) * get(weights([2, 3, 4]), [j!, l, k!]), 0),
        ),
    ),
    that(
      "inner, outer and vdot",
      { x: enc(range(-3, 3), [2, 3]), y: enc(range(0, 5), [2, 3]) },
      ({ x, y }) => [x.inner(y), x.outer(y), x.vdot(y)],
      ({ x, y }) => [
        build([2, 2], ([i, j]) => sumOfProducts(flat((x as Nested[])[i!]!), flat((y as Nested[])[j!]!))),
        build([6, 6], ([i, j]) => flat(x)[i!]! * flat(y)[j!]!),
        sumOfProducts(flat(x), flat(y)),
      ],
    ),
  ])("%s", (_name, run) => run())

  it("samples hold the lowest and the highest values", () => {
    const all = samplesOf({ x: enc(range(-3, 5), [2]) }).flatMap(({ x }) => flat(x!))
    expect(all).toContain(-3)
    expect(all).toContain(5)
  })
})
