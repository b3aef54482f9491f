import { ProgramError, sizeOf } from "../../data/index.ts"
import {
  type IntType,
  type Literal,
  type Matrix,
  matrixFromRows,
  type Node,
  type NodeOf,
  nodesOf,
  type Program,
  sliceColumns,
  takesFirst,
} from "../../ir/index.ts"
import { centred } from "../arithmetic/field.ts"
import type { Circuit, CircuitInput, CircuitOutput, GivenPlain, Mask } from "../circuit/circuit.ts"
import {
  type Layout,
  type Placement,
  piecesOf,
  placementOf,
  ringIndices,
  spreadPlacementOf,
} from "../circuit/layout.ts"
import { type Plain, ringPlain } from "../circuit/plain.ts"
import { allocate, Recorder, type RecorderLimit } from "../circuit/recorder.ts"
import { type Product, type Relinearizing, relinearizing } from "../circuit/relinearizing.ts"
import type { Term } from "../matrix/matrix-entries.ts"
import { matrixCost, planMatrix } from "../matrix/matrix-plan.ts"
import { residueMatrix } from "../matrix/matrix-residues.ts"
import { multiplyMatrix } from "../matrix/multiply-matrix.ts"
import { type TableNode, TablePolynomials } from "../tables/table-polynomials.ts"
import type { TableStrategy } from "../tables/table-schedule.ts"
import { ClearPart } from "./collect-clear-part.ts"
import { matricesOfInputs } from "./input-matrices.ts"
import { lowerTable, type TableMachine, type Vector } from "./lower-table.ts"
import { oneHotInputs, type Sent } from "./one-hot-inputs.ts"

/** Inputs and outputs by name that are those of other functions too: they lie in rings as `placementOf` says. */
export interface WiredNames {
  readonly inputs: ReadonlySet<string>
  readonly outputs: ReadonlySet<string>
}

/** Inputs and outputs by name that a client refreshes: their values are masked outside of the circuit. */
export interface RefreshedNames {
  readonly received: ReadonlySet<string>
  readonly sent: ReadonlySet<string>
  /** Clear inputs that are masks, with the refreshed value of each. */
  readonly masks?: ReadonlyMap<string, string>
}

export interface LowerOptions {
  /** What comes from another round or goes to one; nothing unless told. */
  readonly refreshed?: RefreshedNames
  /** What other functions give and take; nothing unless told. */
  readonly wired?: WiredNames
  /** Polynomials made by earlier lowerings of the same program. */
  readonly polynomials?: TablePolynomials
  /** How tables are computed; `shallow` unless given. */
  readonly tables?: TableStrategy
  /** Told of each table that is computed by spread powers. */
  readonly onSpread?: (node: TableNode) => void
  /** Told at the end which node each instruction was first needed for. */
  readonly onOwners?: (owners: readonly Node[]) => void
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
  readonly #ops: Relinearizing<number>
  readonly #clear: ClearPart
  readonly #tableMachine: TableMachine
  readonly #onOwners: LowerOptions["onOwners"]
  /** The node that each step of the recorder was recorded for. */
  readonly #owners: Node[] = []
  readonly #vectors = new Map<Node, Vector>()
  readonly #placements = new Map<Node, Placement>()
  readonly #matrices: ReadonlyMap<Node, Matrix>
  readonly #linearOnly: ReadonlySet<Node>
  readonly #oneHot: ReadonlyMap<Node, Sent>
  readonly #wired: WiredNames
  readonly #refreshed: RefreshedNames | undefined
  /** The nodes whose vectors become wired outputs. */
  readonly #wiredNodes: ReadonlySet<Node>
  readonly #given = new Map<string, GivenPlain>()
  readonly #factors = new Map<Node, Map<number, string>>()

  constructor(program: Program, layout: Layout, t: bigint, options: LowerOptions) {
    this.#program = program
    this.#matrices = matricesOfInputs(program)
    this.#linearOnly = linearOperands(program)
    this.#oneHot = oneHotInputs(program)
    this.#wired = options.wired ?? NO_WIRES
    this.#refreshed = options.refreshed
    this.#wiredNodes = new Set(
      [...program.outputs].flatMap(([name, node]) => (this.#wired.outputs.has(name) ? [vectorOf(node)] : [])),
    )
    this.#layout = layout
    this.#t = t
    this.#recorder = new Recorder(options.limit)
    this.#ops = relinearizing(this.#recorder)
    this.#clear = new ClearPart(program)
    this.#tableMachine = {
      layout,
      t,
      recorder: this.#recorder,
      ops: this.#ops,
      polynomials: options.polynomials ?? new TablePolynomials(),
      strategy: options.tables ?? "shallow",
      onSpread: options.onSpread,
    }
    this.#onOwners = options.onOwners
  }

  circuit(): Circuit {
    this.#expectSums()
    for (const node of nodesOf(this.#program)) {
      this.#recorder.begin(node)
      if (node.type.secret) this.#vectors.set(node, this.#lower(node))
      this.#own(node)
    }
    const outputs = [...this.#program.outputs].map(([name, node]) => {
      this.#recorder.begin(node)
      const output = this.#output(name, node)
      this.#own(node)
      return output
    })
    const { instructions, results, sources } = allocate(
      this.#recorder.steps,
      outputs.flatMap(({ pieces }) => pieces),
    )
    this.#onOwners?.(sources.map((step) => this.#owners[step]!))
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

  /** The steps that were recorded since the last call belong to `node`. */
  #own(node: Node): void {
    while (this.#owners.length < this.#recorder.steps.length) this.#owners.push(node)
  }

  /** Every entry of a matrix takes part in a sum of one ring, unless sums are shared: too many are seen at once. */
  #expectSums(): void {
    let entries = 0
    for (const node of nodesOf(this.#program)) {
      if (node.op === "linear" && node.type.secret) entries += node.attrs.matrix.value.length
    }
    this.#recorder.expect("add", entries / this.#layout.ring)
  }

  #input(node: NodeOf<"input">): CircuitInput {
    const { secret, lo, hi, shape } = node.type as IntType
    const placement = secret ? this.#placementOf(node) : null
    const input = { name: node.attrs.name, secret, lo, hi, shape, placement }
    const sent = this.#oneHot.get(node)
    const masks = this.#refreshed?.masks?.get(input.name)
    if (masks !== undefined) return { ...input, masks }
    if (this.#refreshed?.received.has(input.name) && sent?.op !== "symbols")
      return { ...input, lo: 0n, hi: this.#t - 1n }
    if (sent === undefined) return input
    if (sent.op === "symbols") {
      const { size, stride } = sent.attrs
      return { ...input, encoding: { symbols: Number(size), stride: Number(stride) } }
    }
    const { base, digits } = sent.attrs
    return { ...input, encoding: { base: Number(base), digits: Number(digits) } }
  }

  #output(name: string, node: Node): CircuitOutput {
    const { secret, lo, hi, shape } = node.type as IntType
    if (!secret) {
      this.#clear.give(node, name)
      return { name, secret, lo, hi, shape, placement: null, pieces: [] }
    }
    const vector = this.#vectors.get(node)!
    const { pieces, placement, clean } = this.#wired.outputs.has(name) ? this.#inPlace(vector) : vector
    const isSent = this.#refreshed?.sent.has(name) === true
    const masked = isSent ? this.#masked(pieces, placement, { does: "adds", value: name }) : pieces
    const results = masked.map((piece, p) => {
      const value = this.#ops.settle(piece)
      const used = Math.min(placement.length - p * this.#layout.ring, placement.period)
      return clean || used === placement.period ? value : this.#recorder.blind(value, placement.period, used)
    })
    const range = isSent ? { lo: 0n, hi: this.#t - 1n } : { lo, hi }
    return { name, secret, ...range, shape, placement, pieces: results }
  }

  /** A vector plus a mask that is known at run time. */
  #masked(pieces: readonly Product<number>[], placement: Placement, mask: Mask): Product<number>[] {
    const name = `${mask.does} ${mask.value}`
    this.#given.set(name, { name, placement, mask })
    return pieces.map((piece, p) => this.#ops.addPlain(piece, { kind: "given", name, piece: p }))
  }

  /** A vector that lies as wired ones do: where it does not, the matrix of 1 moves it. */
  #inPlace(vector: Vector): Vector {
    const { length, period, block } = vector.placement
    const wanted = placementOf(this.#layout, length)
    if (period === wanted.period && block === undefined) return vector
    const plan = planMatrix(this.#layout, length, [{ matrix: unitMatrix(length), vector }], true)
    const { pieces, placement } = multiplyMatrix(this.#ops, plan)
    return { pieces: pieces.map((piece) => piece!), placement, clean: true }
  }

  /** Inputs that one matrix takes, and nothing else, are spread over the ring where that costs less. */
  #placementOf(node: NodeOf<"input">): Placement {
    const known = this.#placements.get(node)
    if (known !== undefined) return known
    const length = sizeOf((this.#oneHot.get(node) ?? node).type.shape)
    let placement = placementOf(this.#layout, length)
    const matrix = this.#matrices.get(node)
    if (matrix !== undefined && !this.#wired.inputs.has(node.attrs.name)) {
      const spread = spreadPlacementOf(this.#layout, length, matrix.rows)
      const cost = (candidate: Placement): number => matrixCost(this.#layout, matrix, candidate)
      if (spread !== null && cost(spread) < cost(placement)) placement = spread
    }
    this.#placements.set(node, placement)
    return placement
  }

  #lower(node: Node): Vector {
    switch (node.op) {
      case "input": {
        const placement = this.#placementOf(node)
        const { name } = node.attrs
        const fresh = Array.from({ length: piecesOf(this.#layout, placement.length) }, (_, p) =>
          this.#ops.fresh(this.#recorder.input(name, p)),
        )
        const isInSymbols = this.#oneHot.get(node)?.op === "symbols"
        const isReceived = this.#refreshed?.received.has(name) === true && !isInSymbols
        const pieces = isReceived ? this.#masked(fresh, placement, { does: "removes", value: name }) : fresh
        return { pieces, placement, clean: !this.#wired.inputs.has(node.attrs.name) }
      }
      case "onehot": // its input already holds it
      case "symbols":
      case "reshape":
      case "assume":
      case "refresh": // between circuits: within one there is nothing to do
        return this.#vectors.get(node.operands[0]!)!
      case "linear":
        return this.#linear(node)
      case "mul":
        return this.#mul(node)
      case "table":
        return this.#table(node)
      default:
        throw new ProgramError(`unreachable: ${node.op} on a secret is left after linearise`, {
          code: "unsupported",
        })
    }
  }

  #linear(node: NodeOf<"linear">): Vector {
    const { matrix, bias } = node.attrs
    const first = this.#firstElements(node)
    if (first !== null) return first
    const terms: Term<Product<number>>[] = []
    let column = 0
    for (const operand of node.operands) {
      const columns = sizeOf(operand.type.shape)
      if (operand.type.secret) {
        const block = node.operands.length === 1 ? matrix : sliceColumns(matrix, column, column + columns)
        const vector = this.#vectors.get(operand)!
        terms.push({ matrix: residueMatrix(block, vector.scale ?? 1n, this.#t), vector })
      }
      column += columns
    }
    const plan = planMatrix(this.#layout, matrix.rows, terms, this.#wiredNodes.has(node))
    this.#recorder.expect("rotate", plan.rotations)
    // In rings of one element all products are with numbers: the fewer of operands and results are relinearized.
    const products = terms.flatMap(({ vector }) => vector.pieces).filter(({ isProduct }) => isProduct).length
    const isLazy = this.#layout.ring === 1 && products > matrix.rows
    const { pieces, placement } = multiplyMatrix(isLazy ? this.#ops.lazy : this.#ops, plan)
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

  /** A vector cut short, which moves nothing; null for all other matrices. */
  #firstElements({ operands, attrs: { matrix, bias } }: NodeOf<"linear">): Vector | null {
    const vector = this.#vectors.get(operands[0]!)
    if (operands.length !== 1 || vector === undefined || vector.placement.block !== undefined) return null
    if (vector.scale !== undefined && vector.scale !== 1n) return null
    if (!takesFirst(matrix) || bias.values.some((v: number | bigint) => Number(v) !== 0)) return null
    const { rows, columns } = matrix
    const pieces = vector.pieces.slice(0, piecesOf(this.#layout, rows))
    const clean = vector.clean && rows === columns
    return { pieces, placement: { length: rows, period: vector.placement.period }, clean }
  }

  #biasPlain(bias: Literal, placement: Placement, piece: number): Plain | null {
    const ring = Array.from(ringIndices(this.#layout, placement, piece), (index) =>
      index < 0 ? 0n : centred(BigInt(bias.values[index]!), this.#t),
    )
    return ring.every((value) => value === 0n) ? null : ringPlain(ring)
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
    // Numbers in a matrix cost the same noise whatever their size, once they are a vector and not a scalar.
    const isScalable = this.#layout.ring > 1 && this.#linearOnly.has(node)
    return lowerTable(this.#tableMachine, node, this.#vectors.get(node.operands[0]!)!, isScalable)
  }
}

const NO_WIRES: WiredNames = { inputs: new Set(), outputs: new Set() }

/** The node whose vector is that of `node`: reshapes and assumptions move nothing. */
const vectorOf = (node: Node): Node => {
  let source = node
  while (source.op === "reshape" || source.op === "assume") source = source.operands[0]!
  return source
}

const unitMatrix = (length: number): Matrix =>
  matrixFromRows(
    length,
    Array.from({ length }, (_, column) => [{ column, value: 1 }]),
  )

/** The nodes that only matrices take. */
const linearOperands = (program: Program): Set<Node> => {
  const all = nodesOf(program)
  const nodes = new Set<Node>(all.flatMap(({ op, operands }) => (op === "linear" ? operands : [])))
  for (const { op, operands } of all) {
    if (op !== "linear") for (const operand of operands) nodes.delete(operand)
  }
  for (const node of program.outputs.values()) nodes.delete(node)
  return nodes
}
