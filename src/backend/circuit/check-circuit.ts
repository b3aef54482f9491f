import { ProgramError } from "../../data/index.ts"
import { isPrime } from "../arithmetic/primes.ts"
import type { Circuit, CircuitInput, Instruction } from "./circuit.ts"
import { isToldApart } from "./encode-input.ts"
import { cycleOf, type Placement, piecesOf } from "./layout.ts"
import { operandsOf } from "./recorder.ts"

const isPowerOfTwo = (value: number): boolean =>
  Number.isSafeInteger(value) && value >= 1 && Number.isInteger(Math.log2(value))

const check = (isTrue: boolean, message: string): void => {
  if (!isTrue) throw new ProgramError(message, { code: "syntax" })
}

/** Throws ProgramError where a circuit is not well formed: what `replay` and the machines rely on. */
export const checkCircuit = (circuit: Circuit): void => {
  const { n, ring } = circuit.layout
  check(isPowerOfTwo(n) && n >= 2, `n is ${n}; a power of two from 2 is needed`)
  check(isPowerOfTwo(ring) && ring <= n, `the ring is ${ring}; a power of two up to n = ${n} is needed`)
  check(
    isPrime(circuit.t) && circuit.t % BigInt(2 * n) === 1n,
    `t is ${circuit.t}; a prime congruent to 1 mod 2n is needed`,
  )
  for (const { name, secret, placement } of circuit.inputs) {
    check(
      secret === (placement !== null),
      `input "${name}" must have a period if and only if it is encrypted`,
    )
    if (placement !== null) checkPlacement(circuit, `input "${name}"`, placement)
  }
  circuit.inputs.forEach(checkEncoding)
  for (const { name, placement } of circuit.given) checkPlacement(circuit, `given "${name}"`, placement)
  for (const { name, mask } of circuit.given) {
    if (mask === undefined) {
      check(circuit.clear?.outputs.has(name) === true, `the clear part has no output "${name}"`)
      continue
    }
    const [kind, values] = mask.does === "adds" ? ["output", circuit.outputs] : ["input", circuit.inputs]
    const isThere = values.some((one) => one.name === mask.value && one.secret)
    check(isThere, `given "${name}" masks "${mask.value}", which is no encrypted ${kind}`)
  }
  const live = checkSteps(circuit)
  for (const { name, secret, placement, pieces } of circuit.outputs) {
    check(secret === (placement !== null), `output "${name}" must have pieces if and only if it is encrypted`)
    if (placement === null) {
      check(circuit.clear?.outputs.has(name) === true, `the clear part has no output "${name}"`)
      continue
    }
    checkPlacement(circuit, `output "${name}"`, placement)
    const count = piecesOf(circuit.layout, placement.length)
    check(
      pieces.length === count,
      `output "${name}" has ${pieces.length} pieces where its length takes ${count}`,
    )
    for (const id of pieces) check(live.has(id), `output "${name}" takes %${id}, which is not there`)
  }
}

const checkEncoding = (input: CircuitInput): void => {
  const { name, lo, hi, encoding } = input
  if (encoding === undefined) return
  const how =
    "symbols" in encoding
      ? `${encoding.symbols} symbols`
      : `${encoding.digits} digits to base ${encoding.base}`
  check(isToldApart(input), `input "${name}" of ${hi - lo + 1n} values cannot be sent in ${how}`)
}

const checkPlacement = ({ layout }: Circuit, what: string, { length, period, block }: Placement): void => {
  const cycle = cycleOf(layout)
  const isSplit = length > layout.ring && layout.ring === cycle
  const fits = isSplit ? period === layout.ring : length <= period && period <= cycle
  check(isPowerOfTwo(period) && fits, `${what} of ${length} elements cannot repeat with period ${period}`)
  if (block === undefined) return
  const hasRoom = isPowerOfTwo(block) && length <= period && block <= cycle
  check(hasRoom, `${what} cannot be spread in blocks of ${block}`)
}

const checkSteps = (circuit: Circuit): Set<number> => {
  const live = new Set<number>()
  let next = 0
  circuit.instructions.forEach((step) => {
    for (const id of operandsOf(step)) check(live.has(id), `${step.op} uses %${id}, which is not there`)
    checkStep(circuit, step)
    if (step.op === "free") live.delete(step.a)
    else live.add(next++)
  })
  return live
}

const checkStep = (circuit: Circuit, step: Instruction): void => {
  const { n, ring } = circuit.layout
  if (step.op === "rotate")
    check(step.steps > 0 && step.steps <= n / 2, `rotate by ${step.steps}; 1..${n / 2} is needed`)
  if (step.op === "blind") {
    const fits = isPowerOfTwo(step.period) && step.period <= ring && step.used <= step.period
    check(fits, `blind with period ${step.period} and ${step.used} used in a ring of ${ring}`)
  }
  if (step.op === "input") {
    const input = circuit.inputs.find(({ name }) => name === step.name)
    const pieces = input?.placement ? piecesOf(circuit.layout, input.placement.length) : 0
    check(step.piece < pieces, `there is no piece ${step.piece} of an encrypted input "${step.name}"`)
  }
  if (step.op !== "addPlain" && step.op !== "multiplyPlain") return
  const { plain } = step
  if (plain.kind === "ring") {
    check(
      plain.values.values.length === ring,
      `a plain operand has ${plain.values.values.length} numbers for a ring of ${ring}`,
    )
  }
  if (plain.kind === "given") {
    const given = circuit.given.find(({ name }) => name === plain.name)
    const pieces = given === undefined ? 0 : piecesOf(circuit.layout, given.placement.length)
    check(plain.piece < pieces, `there is no piece ${plain.piece} of a given "${plain.name}"`)
  }
}
