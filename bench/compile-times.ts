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

/** Times the whole compiler, trace to circuit, on programs of growing size, and prints a table. */
export function compileTimes(isQuick: boolean): CompileTime[] {
  console.log("compile time          nodes   seconds   µs a node  instructions")
  return families.flatMap(({ program, sizes, compile }) => {
    console.log(program)
    return sizes.slice(0, isQuick ? 2 : sizes.length).map((size) => {
      const started = performance.now()
      const compiled = compile(size)
      const seconds = (performance.now() - started) / 1000
      const nodes = size * NODES_PER_STEP
      const instructions = compiled.circuit.instructions.length
      const perNode = (seconds * 1e6) / nodes
      console.log(
        `${String(nodes).padStart(27)}${seconds.toFixed(2).padStart(10)}${perNode.toFixed(0).padStart(12)}${String(instructions).padStart(14)}`,
      )
      return { program, nodes, seconds, instructions }
    })
  })
}

/** Nodes that one step of the loops above adds, about: an element or two, an operation, a sum. */
const NODES_PER_STEP = 3
