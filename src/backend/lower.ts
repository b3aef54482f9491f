import { ProgramError, sizeOf } from "../data/index.ts"
import {
  type IntType,
  type Literal,
  literal,
  type Matrix,
  type Node,
  type NodeOf,
  nodesOf,
  type Program,
  sliceColumns,
} from "../ir/index.ts"
import type { Circuit, CircuitInput, CircuitOutput, GivenPlain } from "./circuit.ts"
import { ClearPart } from "./clear-part.ts"
import { centred } from "./field.ts"
import { rowsOfInputs } from "./input-rows.ts"
import { type Product, relinearizing } from "./kernel-ops.ts"
import {
  type Layout,
  type Placement,
  piecesOf,
  placementOf,
  ringIndices,
  spreadPlacementOf,
} from "./layout.ts"
import { multiplyMatrix, ringPlain, type Term } from "./multiply-matrix.ts"
import type { Plain } from "./plain.ts"
import { allocate, Recorder, type RecorderLimit } from "./recorder.ts"
import { evaluateTable } from "./table-forms.ts"
import { TablePolynomials } from "./table-polynomials.ts"
import type { TableStrategy } from "./table-schedule.ts"

/** A secret vector while a program is lowered; `clean` when ring elements of no vector element are 0. */
interface Vector {
  readonly pieces: readonly Product<number>[]
  readonly placement: Placement
  readonly clean: boolean
}

export interface LowerOptions {
  /** Polynomials made by earlier lowerings of the same program. */
  readonly polynomials?: TablePolynomials
  /** How tables are computed; `shallow` unless given. */
  readonly tables?: TableStrategy
  /** Beyond it CircuitTooLarge is thrown. */
  readonly limit?: RecorderLimit
}

/** The circuit of a linearised program for one layout and plaintext modulus. */
export const lower = (program: Program, layout: Layout, t: bigint, options: LowerOptions = {}): Circuit =>
  new Lowering(program, layout, t, options).circuit()

class Lowering {
  readonly #program: Program
  readonly #layout: Layout
  readonly #t: bigint
  readonly #recorder: Recorder
  readonly #ops: ReturnType<typeof relinearizing<number>>
  readonly #clear: ClearPart
  readonly #polynomials: TablePolynomials
  readonly #tables: TableStrategy
  readonly #vectors = new Map<Node, Vector>()
  readonly #rowsOf: ReadonlyMap<Node, number>
  readonly #given = new Map<string, GivenPlain>()
  readonly #factors = new Map<Node, Map<number, string>>()

  constructor(program: Program, layout: Layout, t: bigint, options: LowerOptions) {
    this.#program = program
    this.#rowsOf = rowsOfInputs(program)
    this.#layout = layout
    this.#t = t
    this.#recorder = new Recorder(options.limit)
    this.#ops = relinearizing(this.#recorder)
    this.#clear = new ClearPart(program)
    this.#polynomials = options.polynomials ?? new TablePolynomials()
    this.#tables = options.tables ?? "shallow"
  }

  circuit(): Circuit {
    for (const node of nodesOf(this.#program)) {
      if (node.type.secret) this.#vectors.set(node, this.#lower(node))
    }
    const outputs = [...this.#program.outputs].map(([name, node]) => this.#output(name, node))
    const { instructions, results } = allocate(
      this.#recorder.steps,
      outputs.flatMap(({ pieces }) => pieces),
    )
    let next = 0
    return {
      name: this.#program.name,
      layout: this.#layout,
      t: this.#t,
      inputs: this.#program.inputs.map((node) => this.#input(node)),
      outputs: outputs.map((output) => ({ ...output, pieces: output.pieces.map(() => results[next++]!) })),
      clear: this.#clear.program(),
      given: [...this.#given.values()],
      instructions,
    }
  }

  #input(node: NodeOf<"input">): CircuitInput {
    const { secret, lo, hi, shape } = node.type as IntType
    const placement = secret ? this.#placementOf(node) : null
    return { name: node.attrs.name, secret, lo, hi, shape, placement }
  }

  #output(name: string, node: Node): CircuitOutput {
    const { secret, lo, hi, shape } = node.type as IntType
    if (!secret) {
      this.#clear.give(node, name)
      return { name, secret, lo, hi, shape, placement: null, pieces: [] }
    }
    const { pieces, placement, clean } = this.#vectors.get(node)!
    const results = pieces.map((piece, p) => {
      const value = this.#ops.settle(piece)
      const used = Math.min(placement.length - p * this.#layout.ring, placement.period)
      return clean || used === placement.period ? value : this.#recorder.blind(value, placement.period, used)
    })
    return { name, secret, lo, hi, shape, placement, pieces: results }
  }

  /** Inputs that one matrix takes, and nothing else, are spread over the ring where there is room. */
  #placementOf(node: NodeOf<"input">): Placement {
    const length = sizeOf(node.type.shape)
    const rows = this.#rowsOf.get(node)
    return rows === undefined
      ? placementOf(this.#layout, length)
      : spreadPlacementOf(this.#layout, length, rows)
  }

  #lower(node: Node): Vector {
    switch (node.op) {
      case "input": {
        const placement = this.#placementOf(node)
        const pieces = Array.from({ length: piecesOf(this.#layout, placement.length) }, (_, p) =>
          this.#ops.fresh(this.#recorder.input(node.attrs.name, p)),
        )
        return { pieces, placement, clean: true }
      }
      case "reshape":
      case "assume":
        return this.#vectors.get(node.operands[0]!)!
      case "linear":
        return this.#linear(node)
      case "mul":
        return this.#mul(node)
      case "table":
        return this.#table(node)
      default:
        throw new ProgramError(`unreachable: ${node.op} on a secret is left after linearise`)
    }
  }

  #linear(node: NodeOf<"linear">): Vector {
    const { matrix, bias } = node.attrs
    // Every entry of the matrix takes part in a sum of one ring, unless sums are shared.
    this.#recorder.expect("add", matrix.value.length / this.#layout.ring)
    const terms: Term<Product<number>>[] = []
    let column = 0
    for (const operand of node.operands) {
      const columns = sizeOf(operand.type.shape)
      if (operand.type.secret) {
        const block = node.operands.length === 1 ? matrix : sliceColumns(matrix, column, column + columns)
        terms.push({ matrix: this.#reduce(block), vector: this.#vectors.get(operand)! })
      }
      column += columns
    }
    const { pieces, placement } = multiplyMatrix(this.#ops, this.#layout, matrix.rows, terms)
    const zero = (): Product<number> => {
      const any = terms[0]!.vector.pieces[0]!
      return this.#ops.sub(any, any)
    }
    const given = this.#clear.giveColumns(node)
    if (given !== null) this.#given.set(given, { name: given, placement })
    const sums = pieces.map((piece, p) => {
      let sum = piece ?? zero()
      const offset = this.#biasPlain(bias, placement, p)
      if (offset !== null) sum = this.#ops.addPlain(sum, offset)
      if (given !== null) sum = this.#ops.addPlain(sum, { kind: "given", name: given, piece: p })
      return sum
    })
    return { pieces: sums, placement, clean: true }
  }

  #biasPlain(bias: Literal, placement: Placement, piece: number): Plain | null {
    const ring = Array.from(ringIndices(this.#layout, placement, piece), (index) =>
      index < 0 ? 0n : centred(BigInt(bias.values[index]!), this.#t),
    )
    return ring.every((value) => value === 0n) ? null : ringPlain(ring)
  }

  /** Weights beyond t/2 stand for their centred residues, which are smaller and cost less noise. */
  #reduce(matrix: Matrix): Matrix {
    const half = this.#t / 2n
    const isSmall = matrix.value.every((w: number | bigint) => w <= half && w >= -half)
    if (isSmall) return matrix
    const value = literal(
      Array.from(matrix.value as ArrayLike<number | bigint>, (w) => centred(BigInt(w), this.#t)),
    )
    return { ...matrix, value: value.values }
  }

  #mul(node: NodeOf<"mul">): Vector {
    const [a, b] = node.operands as [Node, Node]
    if (!a.type.secret || !b.type.secret) return this.#mulClear(a.type.secret ? a : b, a.type.secret ? b : a)
    const x = this.#vectors.get(a)!
    const y = this.#vectors.get(b)!
    const period = Math.max(x.placement.period, y.placement.period)
    return {
      pieces: x.pieces.map((piece, p) => this.#ops.multiply(piece, y.pieces[p]!)),
      placement: { length: x.placement.length, period },
      clean: (x.clean && x.placement.period === period) || (y.clean && y.placement.period === period),
    }
  }

  #mulClear(secret: Node, clear: Node): Vector {
    const x = this.#vectors.get(secret)!
    const name = this.#giveFactor(clear, x.placement)
    const pieces = x.pieces.map((piece, p) =>
      this.#ops.multiplyPlain(piece, { kind: "given", name, piece: p }),
    )
    return { pieces, placement: x.placement, clean: true }
  }

  /** A clear vector as a plain operand that repeats with the period of what it multiplies. */
  #giveFactor(clear: Node, placement: Placement): string {
    const names = this.#factors.get(clear) ?? new Map<number, string>()
    this.#factors.set(clear, names)
    const name = names.get(placement.period) ?? this.#clear.give(clear)
    names.set(placement.period, name)
    this.#given.set(name, { name, placement })
    return name
  }

  #table(node: NodeOf<"table">): Vector {
    const { pieces, placement, clean } = this.#vectors.get(node.operands[0]!)!
    const results = pieces.map((piece, p) => {
      const elements = ringIndices(this.#layout, placement, p)
      const kernel = this.#polynomials.kernel(node, this.#t, this.#tables, elements)
      const result = evaluateTable(this.#ops, piece, kernel, this.#t)
      if (result !== null && "value" in result) return result.value
      const zero = this.#ops.sub(piece, piece)
      return result === null ? zero : this.#ops.addPlain(zero, result.constant)
    })
    const isClean = clean && this.#polynomials.keepsZero(node, this.#t, this.#tables)
    return { pieces: results, placement, clean: isClean }
  }
}
