import { ProgramError, type Specification, sizeOf } from "../../data/index.ts"
import { allowance, type Literal, lazily, loadOhm, parse, parseLiteral, tooLong } from "../../ir/index.ts"
import { checkCircuit } from "./check-circuit.ts"
import type { Circuit, CircuitInput, CircuitOutput, GivenPlain, Instruction, Mask } from "./circuit.ts"
import { type Encoding, writtenLength } from "./encode-input.ts"
import type { Plain } from "./plain.ts"

/** One line of a circuit's text. Literals are read by `parseLiteral`, the clear part by `parse`. */
const GRAMMAR = String.raw`
  CircuitLine {
    Line = header | Input | Given | Free | Output | Step
    header = "circuit" space+ ident space* "{n=" nat "," space* "ring=" nat "," space* "t=" nat "}" space* "{"
    Input = "input" string ":" Specification (InputPlace | Masks)?
    InputPlace = "{" "period=" nat Block? (OneHot | Symbols)? "}"
    Masks = "{" "masks=" string "}"
    Block = "," "block=" nat
    OneHot = "," "base=" nat "," "digits=" nat
    Symbols = "," "symbols=" nat "," "stride=" nat
    Given = "given" string "{" "length=" nat "," "period=" nat Block? Mask? "}"
    Mask = "," ("adds" | "removes") "=" string
    Free = "free" result
    Output = "output" string ":" Specification Placed?
    Placed = Period "=" NonemptyListOf<result, ",">
    Period = "{" "period=" nat "}"
    Step = result "=" Operation
    Operation = read | Binary | Unary | Rotate | WithPlain | Blind
    read = "input" space+ string "[" nat "]"
    Binary = ("add" | "sub" | "multiply") result "," result
    Unary = ("negate" | "relinearize" | "dropLevel") result
    Rotate = "rotate" result "{" "steps=" nat "}"
    WithPlain = ("addPlain" | "multiplyPlain") result "," Plain
    Blind = "blind" result "{" "period=" nat "," "used=" nat "}"
    Plain = given | literal | int
    given = string "[" nat "]"
    literal = "@" nat
    Specification = secrecy int ".." int Shape?
    Shape = "[" ListOf<nat, ","> "]"
    secrecy = ("enc" | "clear") ~alnum
    result = "%" nat
    ident = (letter | "_") (alnum | "_")*
    string = "\"" character* "\""
    character = "\\" any  -- escaped
              | ~"\"" any -- plain
    nat = digit+
    int = "-"? digit+
  }
`

interface Draft {
  name: string
  n: number
  ring: number
  t: bigint
  readonly inputs: CircuitInput[]
  readonly given: GivenPlain[]
  readonly instructions: Instruction[]
  readonly outputs: CircuitOutput[]
  results: number
}

/** The literals of a text are known before its steps are read. */
interface Reading {
  readonly draft: Draft
  readonly literals: ReadonlyMap<number, Literal>
}

/**
 * Reads what `printCircuit` writes and checks that it is well formed: results exist and are not freed, plain operands
 * and inputs are declared. Throws ProgramError with the line.
 */
export const parseCircuit = (text: string): Circuit => {
  const clearAt = text.search(/^program /m)
  const body = clearAt < 0 ? text : text.slice(0, clearAt)
  const clear = clearAt < 0 ? null : parse(text.slice(clearAt))
  const lines = body
    .split("\n")
    .map((line, i) => ({ line: line.trimStart().startsWith("//") ? "" : line.trimEnd(), number: i + 1 }))
  const closing = lines.findIndex(({ line }) => line === "}")
  if (closing < 0)
    throw new ProgramError('the circuit has no closing "}" on a line of its own', { code: "syntax" })
  const literals = readLiterals(lines.slice(closing + 1), body.length)
  const draft: Draft = {
    name: "",
    n: 0,
    ring: 0,
    t: 0n,
    inputs: [],
    given: [],
    instructions: [],
    outputs: [],
    results: 0,
  }
  const reading = { draft, literals }
  for (const { line, number } of lines.slice(0, closing)) {
    if (line.trim() !== "") readLine(reading, line, number)
  }
  const { n, ring, t } = draft
  const circuit: Circuit = {
    name: draft.name,
    layout: { n, ring },
    t,
    inputs: draft.inputs,
    outputs: draft.outputs,
    clear,
    given: draft.given,
    instructions: draft.instructions,
  }
  checkCircuit(circuit)
  return circuit
}

const readLiterals = (
  lines: readonly { line: string; number: number }[],
  letters: number,
): Map<number, Literal> => {
  const literals = new Map<number, Literal>()
  const left = allowance(letters)
  let pending: { number: number; id: number; text: string } | undefined
  const finish = (): void => {
    if (pending === undefined) return
    const { number, id, text } = pending
    pending = undefined
    const values = inLine(number, text, () => parseLiteral(text, left))
    if ("rows" in values)
      throw new ProgramError(`line ${number}: a circuit's plain operands are no matrices`, { code: "syntax" })
    literals.set(id, values)
  }
  for (const { line, number } of lines) {
    const head = /^@(\d+) = /.exec(line)
    if (head !== null) {
      finish()
      pending = { number, id: Number(head[1]), text: line.slice(head[0].length) }
    } else if (pending !== undefined) pending.text += ` ${line.trim()}`
    else if (line.trim() !== "")
      throw new ProgramError(`line ${number}: expected a literal @0 = [...], not ${line}`, { code: "syntax" })
  }
  finish()
  return literals
}

const inLine = <T>(number: number, line: string, read: () => T): T => {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof ProgramError)) throw error
    throw new ProgramError(`line ${number}: ${error.message}\n  ${line.trim().slice(0, 100)}`, {
      code: "syntax",
      cause: error,
    })
  }
}

const readLine = (reading: Reading, line: string, number: number): void => {
  const complaint = tooLong(line.length)
  if (complaint !== undefined) throw new ProgramError(`line ${number}: ${complaint}`, { code: "syntax" })
  const { grammar, read } = reader()
  const match = grammar.match(line.trim())
  if (match.failed()) {
    const expected = (match.shortMessage ?? "").replace(/^Line 1, col \d+: /, "")
    throw new ProgramError(`line ${number}: ${expected}\n  ${line.trim().slice(0, 100)}`, { code: "syntax" })
  }
  inLine(number, line, () => read(match, reading))
}

type Value = unknown

/** What stands in braces behind an input. */
interface InputPlace {
  readonly period?: number
  readonly block?: number
  readonly encoding?: Encoding
  readonly masks?: string
}

const reader = lazily(() => {
  const grammar = loadOhm().grammar(GRAMMAR)
  let reading: Reading
  const number = (node: { sourceString: string }): number => Number(node.sourceString)
  const id = (node: { sourceString: string }): number => Number(node.sourceString.slice(1))
  const string = (node: { sourceString: string }): string => JSON.parse(node.sourceString) as string
  const semantics = grammar.createSemantics().addOperation<Value>("read()", {
    header(_c, _s, name, _s2, _n, n, _c1, _s3, _r, ring, _c2, _s4, _t, t, _e, _s5, _b) {
      Object.assign(reading.draft, {
        name: name.sourceString,
        n: number(n),
        ring: number(ring),
        t: BigInt(t.sourceString),
      })
    },
    Input(_i, name, _c, spec, place) {
      const specification = spec["read"]() as Specification
      const { encoding, masks, ...placed } = (place.children[0]?.["read"]() ?? {}) as InputPlace
      const length = writtenLength(encoding, sizeOf(specification.shape))
      reading.draft.inputs.push({
        name: string(name),
        ...specification,
        placement: placed.period === undefined ? null : { length, ...placed, period: placed.period },
        ...(encoding !== undefined && { encoding }),
        ...(masks !== undefined && { masks }),
      })
    },
    Given(_g, name, _b, _l, length, _c, _p, period, block, mask, _e) {
      const size = block.children[0]?.["read"]() as number | undefined
      const drawn = mask.children[0]?.["read"]() as Mask | undefined
      reading.draft.given.push({
        name: string(name),
        placement: {
          length: number(length),
          period: number(period),
          ...(size !== undefined && { block: size }),
        },
        ...(drawn && { mask: drawn }),
      })
    },
    Mask: (_c, does, _e, value) => ({ does: does.sourceString, value: string(value) }),
    Free(_f, result) {
      reading.draft.instructions.push({ op: "free", a: id(result) })
    },
    Output(_o, name, _c, spec, placed) {
      const specification = spec["read"]() as Specification
      const place = placed.children[0]?.["read"]() as { period: number; pieces: number[] } | undefined
      const length = sizeOf(specification.shape)
      reading.draft.outputs.push({
        name: string(name),
        ...specification,
        placement: place === undefined ? null : { length, period: place.period },
        pieces: place?.pieces ?? [],
      })
    },
    Placed: (period, _e, results) => ({
      period: period["read"]() as number,
      pieces: results.asIteration().children.map(id),
    }),
    Period: (_b, _p, period, _e) => number(period),
    InputPlace(_b, _p, period, block, oneHot, _e): InputPlace {
      const size = block.children[0]?.["read"]() as number | undefined
      const encoding = oneHot.children[0]?.["read"]() as Encoding | undefined
      return {
        period: number(period),
        ...(size !== undefined && { block: size }),
        ...(encoding && { encoding }),
      }
    },
    OneHot: (_c, _b, base, _c2, _d, digits) => ({ base: number(base), digits: number(digits) }),
    Symbols: (_c, _s, symbols, _c2, _t, stride) => ({ symbols: number(symbols), stride: number(stride) }),
    Masks: (_b, _m, masks, _e): InputPlace => ({ masks: string(masks) }),
    Block: (_c, _b, block) => number(block),
    Step(result, _e, operation) {
      if (id(result) !== reading.draft.results) {
        throw new ProgramError(`results are numbered in order: %${reading.draft.results} comes next`, {
          code: "syntax",
        })
      }
      reading.draft.instructions.push(operation["read"]() as Instruction)
      reading.draft.results++
    },
    read: (_i, _s, name, _b, piece, _e) => ({ op: "input", name: string(name), piece: number(piece) }),
    Binary: (op, a, _c, b) => ({ op: op.sourceString, a: id(a), b: id(b) }),
    Unary: (op, a) => ({ op: op.sourceString, a: id(a) }),
    Rotate: (_r, a, _b, _s, steps, _e) => ({ op: "rotate", a: id(a), steps: number(steps) }),
    WithPlain: (op, a, _c, plain) => ({ op: op.sourceString, a: id(a), plain: plain["read"]() as Plain }),
    Blind: (_b, a, _o, _p, period, _c, _u, used, _e) => ({
      op: "blind",
      a: id(a),
      period: number(period),
      used: number(used),
    }),
    given: (name, _b, piece, _e) => ({ kind: "given", name: string(name), piece: number(piece) }),
    literal(_a, nat) {
      const values = reading.literals.get(number(nat))
      if (values === undefined)
        throw new ProgramError(`@${nat.sourceString} is not defined`, { code: "syntax" })
      return { kind: "ring", values }
    },
    int: (sign, digits) => ({ kind: "scalar", value: BigInt(sign.sourceString + digits.sourceString) }),
    Specification: (secrecy, lo, _d, hi, shape) => ({
      secret: secrecy.sourceString === "enc",
      lo: BigInt(lo.sourceString),
      hi: BigInt(hi.sourceString),
      shape: (shape.children[0]?.["read"]() as number[] | undefined) ?? [],
    }),
    Shape: (_b, extents, _e) => extents.asIteration().children.map(number),
  })
  const read = (match: Parameters<typeof semantics>[0], into: Reading): void => {
    reading = into
    semantics(match)["read"]()
  }
  return { grammar, read }
})
