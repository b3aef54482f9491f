import type { Builder, Program } from "../ir/index.ts"

/** What the machine behind the backend can hold; everything about passes that can be configured. */
export interface Target {
  /** The most integers a table may take, all elements of the field of 65,537: it becomes a polynomial with one coefficient for each. */
  readonly maxTableSize: number
  /** The most combinations of several values that a table of all of them may take. */
  readonly maxCombinations: number
  /** The most levels of products that any output may need. */
  readonly maxDepth: number
  /** The most bits that the interval of an input, an output or a table may span, so that a plaintext modulus tells all its values apart. */
  readonly maxValueBits: number
  /** The same for programs without tables on secrets and refreshes: several plaintext moduli together tell so many apart. */
  readonly maxWideBits: number
  /** The digits in which `encode-inputs` sends an input one-hot. */
  readonly digits: 1 | 2
  /** Inputs by name that are given encrypted already, so that nobody can send them one-hot; none unless told. */
  readonly wired?: ReadonlySet<string>
  /** What a lookup in a table of so many entries costs, in words for messages; undefined where nobody knows. */
  readonly priceTable?: (entries: number) => string | undefined
}

export const defaultTarget: Target = Object.freeze({
  maxTableSize: 65537,
  maxCombinations: 4096,
  maxDepth: 25,
  maxValueBits: 50,
  maxWideBits: 64,
  digits: 1,
})

/**
 * One step of the compiler, from program to program. The contract, tested over generated programs:
 * a valid program comes out of a valid program; it means the same on every input inside the declared ranges; names,
 * shapes and secrecy of its outputs are unchanged and their intervals never wider; running it twice is running it once.
 * A pass named `check-*` returns the program itself or throws ProgramError with everything that is wrong.
 */
export interface Pass {
  /** Also the name of the file and, in camel case, of the export. */
  readonly name: string
  /** One sentence for the reference. */
  readonly doc: string
  /** `builder` is where new nodes are made: unchanged nodes of a program it made are taken over as they are. */
  run(program: Program, target: Target, builder?: Builder): Program
}
