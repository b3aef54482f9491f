// Case groups 17, 21 and 22: what must become one table, copies that are changed, several outputs.
import { describe, expect, it } from "vitest"
import { clear, concat, enc, matmul, range, sub, type Tensor, trace, uint } from "../../src/frontend/index.ts"
import { nodesOf } from "../../src/ir/index.ts"
import { defaultTarget, runPasses } from "../../src/passes/index.ts"
import { elementwise, flat, type Nested, rint } from "./reference.ts"
import { that } from "./support.ts"

const trunc = Math.trunc

/** Many integer and real steps that all come from x and y through one value. */
const layered = (x: Tensor): Tensor => {
  const a = x.div(1.5).add(3).sin().abs().mul(x)
  const b = x.mul(3).add(a.sqrt().floor())
  const c = a.floor().sub(x.floorDiv(3)).pow(2)
  return b.add(c).mod(19).add(a.cos().mul(4).round())
}
const layeredPlain = (x: number): number => {
  const a = Math.abs(Math.sin(x / 1.5 + 3)) * x
  const b = x * 3 + Math.floor(Math.sqrt(a))
  const c = (Math.floor(a) - Math.floor(x / 3)) ** 2
  return ((b + c) % 19) + rint(Math.cos(a) * 4)
}

describe("fusing", () => {
  it.each([
    that(
      "a sum of two under real functions",
      { x: enc(range(0, 7), [3]), y: enc(range(0, 7), [3]) },
      ({ x, y }) => {
        const s = x.add(y)
        return s.add(4.5).sin().mul(10).toInt().add(s.mul(2)).add(s.sqrt().floor())
      },
      ({ x, y }) =>
        elementwise(
          (p, q) => {
            const s = p + q
            return trunc(Math.sin(s + 4.5) * 10) + s * 2 + Math.floor(Math.sqrt(s))
          },
          x,
          y,
        ),
    ),
    that(
      "tables within tables that meet again",
      { x: enc(range(0, 5), [2]), y: enc(range(0, 5), [2]) },
      ({ x, y }) => layered(x.mul(2).add(y)),
      ({ x, y }) => elementwise((p, q) => layeredPlain(2 * p + q), x, y),
    ),
    that(
      "x * 3 and x // 3 have x in common",
      { x: enc(range(0, 60), [3]) },
      ({ x }) => x.mul(3).add(x.floorDiv(3)).div(7).floor(),
      ({ x }) => elementwise((v) => Math.floor((v * 3 + Math.floor(v / 3)) / 7), x),
    ),
    that(
      "a value used by two matrices and a table",
      { x: enc(uint(3), [2, 2]) },
      ({ x }) => {
        const a = x.sqrt().mul(3).round()
        return matmul(a, [
          [1, 2],
          [3, 4],
        ])
          .add(
            matmul(
              [
                [1, -1],
                [0, 2],
              ],
              a,
            ),
          )
          .add(a.square())
      },
      ({ x }) => {
        const a = elementwise((v) => rint(Math.sqrt(v) * 3), x) as number[][]
        const w = [
          [1, 2],
          [3, 4],
        ]
        const v = [
          [1, -1],
          [0, 2],
        ]
        return [0, 1].map((i) =>
          [0, 1].map((j) => {
            let total = a[i]![j]! ** 2
            for (let k = 0; k < 2; k++) total += a[i]![k]! * w[k]![j]! + v[i]![k]! * a[k]![j]!
            return total
          }),
        )
      },
    ),
    that(
      "a small network",
      { x: enc(range(-3, 3), [4]) },
      ({ x }) => {
        const hidden = x
          .matmul([
            [1, -2, 1],
            [0, 1, 2],
            [2, 1, -1],
            [1, 1, 1],
          ])
          .add([1, 0, -2])
        return hidden.div(4).tanh().mul(3).round().matmul([1, -2, 3])
      },
      ({ x }) => {
        const w = [
          [1, -2, 1],
          [0, 1, 2],
          [2, 1, -1],
          [1, 1, 1],
        ]
        let total = 0
        for (let j = 0; j < 3; j++) {
          let h = [1, 0, -2][j]!
          for (let i = 0; i < 4; i++) h += flat(x)[i]! * w[i]![j]!
          total += rint(Math.tanh(h / 4) * 3) * [1, -2, 3][j]!
        }
        return total + 0
      },
    ),
  ])("%s", (_name, run) => run())

  it("a network of elementwise functions of one value is one table", () => {
    const { program } = trace("f", { x: enc(range(0, 15), [3]) }, ({ x }) => layered(x))
    const tables = nodesOf(runPasses(program, defaultTarget)).filter(({ op }) => op === "table")
    expect(tables.length).toBe(1)
  })
})

const doubled = (x: Nested): number[] => flat(x).map((v) => 2 * v)

describe("copies and outputs", () => {
  it.each([
    that(
      "a copy that is changed",
      { x: enc(range(-5, 9), [3]) },
      ({ x }) => {
        const total = x.copy().set([0], x.sum())
        return concat([x, total.set([[1, null]], x.slice([0, 2]).mul(2))])
      },
      ({ x }) => [...flat(x), flat(x).reduce((a, b) => a + b, 0), ...doubled(x).slice(0, 2)],
    ),
    that(
      "sums along axes with negative constants",
      { x: enc(uint(3), [2, 3]) },
      ({ x }) => sub(x.matmul([[-1], [2], [-3]]), x.sum({ axis: 1, keepDims: true })),
      ({ x }) => (x as number[][]).map(([a, b, c]) => [-a! + 2 * b! - 3 * c! - (a! + b! + c!)]),
    ),
    that(
      "(x ** 2, x + 100) of few values",
      { x: enc(range(12, 13)) },
      ({ x }) => [x.pow(2), x.add(100)],
      ({ x }) => [(x as number) ** 2, (x as number) + 100],
    ),
    that(
      "(x ** 2, x + 100) of few negative values",
      { x: enc(range(-13, -12)) },
      ({ x }) => [x.pow(2), x.add(100)],
      ({ x }) => [(x as number) ** 2, (x as number) + 100],
    ),
    that(
      "x + x // 3 of fourteen bits",
      { x: enc(range(0, 2 ** 14 - 1)) },
      ({ x }) => x.add(x.floorDiv(3)),
      ({ x }) => (x as number) + Math.floor((x as number) / 3),
      { lowered: false },
    ),
    that(
      "a record with clear and constant outputs",
      { x: enc(uint(3), [2]), y: clear(uint(3)) },
      ({ x, y }) => ({ both: x.mul(y), open: y.mul(y), known: [1, 2] }),
      ({ x, y }) => ({ both: elementwise((p, q) => p * q, x, y), open: (y as number) ** 2, known: [1, 2] }),
      { lowered: false },
    ),
  ])("%s", (_name, run) => run())
})
