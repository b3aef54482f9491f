import { isToldApart, writtenLength } from "../../backend/circuit/encode-input.ts"
import { keySetBytes } from "../../backend/circuit/keys.ts"
import { type Layout, piecesOf } from "../../backend/circuit/layout.ts"
import { RuntimeError, sizeOf } from "../../data/index.ts"
import { type KeyedSpec, keyedOf } from "../messages/rounds-and-residues.ts"
import { checkSecurity } from "../seal/check-parameters.ts"
import type { ProgramSpec, RoundSpec } from "./program-spec.ts"

/** Most ciphertexts that one group of samples may take: of the smallest kind, gigabytes. */
const MOST_PIECES = 2 ** 16
/** A part of a message says its size in 4 bytes. */
const MOST_KEY_BYTES = 2 ** 32

/**
 * Throws RuntimeError for a specification whose parts do not fit together, so that whoever uses it makes nothing larger
 * than a program of its ring degree needs, whatever it says.
 */
export const checkSpec = (spec: ProgramSpec): void => {
  const { parameters, rounds, residues, returns, outputs } = spec
  if (rounds !== undefined && residues !== undefined) wrong("it has both rounds and residues")
  if (returns === "single" && outputs.length !== 1) wrong(`${outputs.length} outputs are no single one`)
  for (const part of [spec, ...(residues ?? [])]) {
    checkSecurity(part.parameters)
    checkKeys(part)
    if (part.parameters.n !== parameters.n) wrong("its ring degrees differ")
    if (part.parameters.scheme !== parameters.scheme) wrong("its schemes differ")
  }
  for (const [i, round] of (rounds ?? [spec]).entries()) {
    naming(rounds && `rounds.${i}`, () => {
      checkRound(round, parameters)
      // What a client has decrypted goes back encrypted or not at all.
      const short = i === 0 && round.inputs.find(({ encoding }) => encoding && "symbols" in encoding)
      if (short) wrong(`"${short.name}" is sent in symbols, which only masked values are`)
      const open = i > 0 && round.inputs.find(({ secret }) => !secret)
      if (open) wrong(`"${open.name}" is refreshed in the clear`)
    })
  }
  for (const [i, { replyLevels, parameters }] of (residues ?? []).entries()) {
    naming(`residues.${i}`, () => checkLevels({ ...spec, replyLevels }, parameters))
  }
}

const checkKeys = ({ keys, parameters }: Pick<ProgramSpec, "keys" | "parameters">): void => {
  const { n } = parameters
  keys.rotations.forEach((step, i) => {
    const least = (keys.rotations[i - 1] ?? 0) + 1
    if (step < least || step > n / 2) wrong(`rotation ${step} is not of ${least} to ${n / 2}`)
  })
  const bytes = keySetBytes(keys, parameters)
  if (bytes >= MOST_KEY_BYTES) wrong(`its evaluation keys would take ${bytes} bytes`)
}

const checkRound = (round: RoundSpec, parameters: ProgramSpec["parameters"]): void => {
  const { layout, inputs, outputs } = round
  if (layout.n !== parameters.n || !isPowerOfTwo(layout.ring) || layout.ring > layout.n) {
    wrong(`rings of ${layout.ring} of ${layout.n} slots do not fit n = ${parameters.n}`)
  }
  for (const values of [inputs, outputs]) checkValues(layout, values)
  for (const { name, secret, placement } of inputs) {
    if (!secret && placement !== null) wrong(`"${name}" is clear, but placed`)
  }
  checkLevels(round, parameters)
}

const checkValues = (layout: Layout, values: RoundSpec["inputs"]): void => {
  const names = new Set(values.map(({ name }) => name))
  if (names.size < values.length) wrong("two values have the same name")
  let pieces = 0
  for (const value of values) {
    const { name, lo, hi, shape, placement, encoding } = value
    if (lo > hi) wrong(`the range ${lo}..${hi} of "${name}" is empty`)
    if (!isToldApart(value)) wrong(`"${name}" is not told apart`)
    if (placement === null) continue
    const { length, period, block = 1 } = placement
    const written = writtenLength(encoding, sizeOf(shape))
    if (length !== written) wrong(`"${name}" has ${written} numbers in a vector of ${length}`)
    for (const power of [period, block]) {
      if (!isPowerOfTwo(power) || power > layout.ring) wrong(`"${name}" repeats every ${power} elements`)
    }
    pieces += piecesOf(layout, length)
  }
  if (pieces > MOST_PIECES) wrong(`it takes ${pieces} ciphertexts for a sample`)
}

const checkLevels = (
  { layout, outputs, replyLevels }: Pick<RoundSpec, "layout" | "outputs" | "replyLevels">,
  { primes }: ProgramSpec["parameters"],
): void => {
  let pieces = 0
  for (const output of outputs) {
    const needed = output.placement === null ? 0 : piecesOf(layout, output.placement.length)
    if (output.pieces.length !== needed)
      wrong(`"${output.name}" has ${output.pieces.length} pieces of ${needed}`)
    pieces += needed
  }
  if (replyLevels.length !== pieces) wrong(`${replyLevels.length} levels are told of ${pieces} pieces`)
  for (const level of replyLevels) {
    if (level < 1 || level >= primes.length) wrong(`no level has ${level} of ${primes.length - 1} primes`)
  }
}

const isPowerOfTwo = (count: number): boolean => count >= 1 && Number.isInteger(Math.log2(count))

/** Throws RuntimeError for what is wrong with a specification. */
export const wrong = (what: string): never => {
  throw new RuntimeError(`the compiled program is damaged: ${what}`, { code: "damaged" })
}

/** Says in which part of a specification something is wrong. */
export const naming = (part: string | undefined, check: () => void): void => {
  try {
    check()
  } catch (error) {
    if (part === undefined || !(error instanceof RuntimeError)) throw error
    throw new RuntimeError(`${error.message} (in ${part})`, { code: error.code })
  }
}

/** Bytes of the evaluation keys that a client would make, which are known before any is made. */
export const evaluationKeyBytes = (spec: KeyedSpec): number =>
  keyedOf(spec).reduce((sum, { keys, parameters }) => sum + keySetBytes(keys, parameters), 0)

/** Throws RuntimeError when the evaluation keys would take more than so many bytes. */
export const checkKeyBytes = (spec: KeyedSpec, most: number): void => {
  const bytes = evaluationKeyBytes(spec)
  if (bytes <= most) return
  throw new RuntimeError(
    `"${spec.name}" needs evaluation keys of ${bytes} bytes, more than the ${most} of maxKeyBytes\n` +
      "give a larger maxKeyBytes if you expect that",
    { code: "too-large" },
  )
}
