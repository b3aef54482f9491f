import type { Compiled, Parameters, ProgramInputs, ProgramResult } from "lutra"
import type { Bar } from "./bar.ts"

/** A program of the bar with data to run it on. */
export interface Workload {
  /** For `--only`. */
  readonly name: string
  readonly title: string
  /** What one sample is: "lookup", "image". */
  readonly unit: string
  /** Whether `--quick` measures it. */
  readonly isQuick: boolean
  /** Samples per run that it is compiled for. */
  readonly batch: number
  /** Whether all lanes are filled, or only the first. */
  readonly fillsLanes: boolean
  readonly bar: Bar
  compile(): Compiled
  /** The inputs of sample `i` of a run. */
  sample(i: number): ProgramInputs
  /** What the program means, in plain loops that use nothing of Lutra. */
  expected(inputs: ProgramInputs): ProgramResult
  /** The same by calls of node-seal. */
  readonly handWritten?: HandWritten
}

export interface HandWritten {
  /** What an expert would choose, as the prototypes did. */
  readonly parameters: Parameters
  /** Whether the code runs at the parameters that Lutra chose. */
  takes(parameters: Parameters): boolean
  /** Units of a run: slots that hold a value of their own. */
  units(parameters: Parameters): number
  /** Keys and encoded constants; throws when a trial run is not exact. The function returned is one run. */
  prepare(parameters: Parameters): Promise<() => void>
}
