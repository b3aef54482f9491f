import { type Compiled, compile, enc, int, type Tensor, uint } from "lutra"

export interface CompileTime {
  readonly program: string
  readonly nodes: number
  readonly seconds: number
  readonly instructions: number
}

interface Family {
  readonly program: string
  readonly sizes: readonly number[]
  compile(size: number): Compiled
}

/** Programs that grow; the time of each should grow about as its nodes do. */
const families: readonly Family[] = [
  {
    program: "a chain of additions",
    sizes: [1000, 10_000, 100_000],
    compile: (size) =>
      compile({ x: enc(uint(4)), y: enc(uint(4)) }, ({ x, y }) => {
        let sum: Tensor = x
        for (let i = 0; i < size; i++) sum = i % 2 === 0 ? sum.add(y) : sum.sub(x)
        return sum
      }),
  },
  {
    program: "tables of single elements, added",
    sizes: [300, 1000, 3333],
    compile: (size) =>
      compile({ x: enc(int(4), [size]) }, ({ x }) => {
        let sum: Tensor = x.at(0)
        for (let i = 1; i < size; i++) sum = sum.add(x.at(i).relu())
        return sum
      }),
  },
  {
    program: "products of elements, added",
    sizes: [250, 800, 2500],
    compile: (size) =>
      compile({ x: enc(int(2), [size]) }, ({ x }) => {
        let sum: Tensor = x.at(0)
        for (let i = 1; i < size; i++) sum = sum.add(x.at(i).mul(x.at((i * 7) % size)))
        return sum
      }),
  },
]

/** Times the whole compiler, trace to circuit, on programs of growing size. */
export const compileTimes = (isQuick: boolean): CompileTime[] =>
  families.flatMap(({ program, sizes, compile }) =>
    sizes.slice(0, isQuick ? 2 : sizes.length).map((size) => {
      const started = performance.now()
      const compiled = compile(size)
      const seconds = (performance.now() - started) / 1000
      const instructions = compiled.circuit.instructions.length
      return { program, nodes: size * NODES_PER_STEP, seconds, instructions }
    }),
  )

/** Nodes that one step of the loops above adds, about: an element or two, an operation, a sum. */
const NODES_PER_STEP = 3
