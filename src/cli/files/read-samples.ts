import type { ProgramInputs } from "../../runtime/index.ts"
import { refuse } from "../refuse.ts"
import { parseExactJson } from "./exact-json.ts"
import { nameOf, readText } from "./read-text.ts"

/** Inputs in JSON, from a file or standard input (`-`): one object of them, with `isBatch` an array of objects. */
export const readSamples = async (file: string, isBatch: boolean): Promise<ProgramInputs[]> => {
  const text = await readText(file)
  const name = nameOf(file)
  let inputs: unknown
  try {
    inputs = parseExactJson(text)
  } catch (error) {
    if (text.trim() === "") return refuse(`${name} is empty; it should hold inputs by name as a JSON object`)
    return refuse(`${name} is no JSON: ${(error as SyntaxError).message.replaceAll(/\s+/g, " ")}`, error)
  }
  if (!isBatch && Array.isArray(inputs)) {
    return refuse(`${name} holds an array, not one object of inputs; --batch runs arrays of them`)
  }
  if (isBatch && !Array.isArray(inputs)) {
    return refuse(`${name} holds no array; with --batch it is an array of inputs, one object for each sample`)
  }
  const samples: ProgramInputs[] = Array.isArray(inputs) ? inputs : [inputs]
  if (samples.length === 0) refuse(`${name} holds no samples`)
  return samples
}

/** For the help of commands that read inputs. */
export const NUMBERS =
  "Integers beyond 2^53 may be written as strings of digits. Outputs whose range goes beyond 2^53 are printed so."
