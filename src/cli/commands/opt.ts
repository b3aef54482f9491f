import { Command } from "commander"
import { ProgramError } from "../../data/index.ts"
import { type Circuit, isCircuit, type Program, parse, print } from "../../ir.ts"
import { defaultTarget, type Pass, passes, pipeline, type Target } from "../../passes/index.ts"
import { dumpInto } from "../files/dump.ts"
import { readText } from "../files/read-text.ts"
import { verifyPass } from "./verify-pass.ts"

/**
 * The program of a text after the named passes, in the named order; after the whole pipeline when none are named.
 * `onPass` is told the program before and after each. Throws ProgramError.
 */
export const opt = (
  text: string,
  names: readonly string[] = pipeline.map(({ name }) => name),
  onPass: (pass: Pass, programAfter: Program, programBefore: Program) => void = () => {},
  target: Target = defaultTarget,
): Program => {
  const chosen = names.map(passNamed)
  return chosen.reduce((before, pass) => {
    const after = pass.run(before, target)
    onPass(pass, after, before)
    return after
  }, programOf(text))
}

const programOf = (text: string): Program => {
  const parsed = parse<Program | Circuit>(text)
  if (isCircuit(parsed))
    throw new ProgramError("passes work on programs, and this text is a circuit", { code: "wrong-argument" })
  return parsed
}

const passNamed = (name: string): Pass => {
  const pass = passes.find((each) => each.name === name)
  if (pass !== undefined) return pass
  const names = passes.map((each) => each.name).join(", ")
  throw new ProgramError(`there is no pass "${name}"; the passes are ${names}`, { code: "unknown-name" })
}

/** `lutra opt`: text in, passes, text out. */
export const optCommand = (): Command =>
  new Command("opt")
    .description(
      "Runs passes of the compiler on the text of a program and prints the program that comes out.",
    )
    .argument("<file>", "text of a program, - for standard input")
    .option("--passes <names>", 'passes in order, separated by commas; "" for none (default: all)', passNames)
    .option("--digits <count>", "digits in which encode-inputs sends an input: 1 or 2", digitCount, 1)
    .option("--print-after-all", "print the program after each pass, even when a later pass refuses it")
    .option(
      "--verify",
      "check after each pass that it kept the program's meaning, on random inputs, and its contract",
    )
    .option("--dump <folder>", "write the program before and after each pass into numbered .ir files")
    .option("--verbose", "show where an error comes from")
    .action(async (file: string, options: Options) => {
      const text = await readText(file)
      let isPrinted = false
      const target = { ...defaultTarget, digits: options.digits }
      const dump = options.dump === undefined ? undefined : dumpInto(options.dump)
      dump?.("input", programOf(text))
      const onPass = (pass: Pass, after: Program, before: Program): void => {
        dump?.(pass.name, after)
        if (options.verify) verifyPass(pass, before, after, target)
        if (options.printAfterAll === undefined) return
        process.stdout.write(`// after ${pass.name}\n${print(after)}`)
        isPrinted = true
      }
      const program = opt(text, options.passes, onPass, target)
      if (!isPrinted) process.stdout.write(print(program))
    })

interface Options {
  readonly passes?: string[]
  readonly digits: 1 | 2
  readonly printAfterAll?: true
  readonly verify?: true
  readonly dump?: string
}

const digitCount = (count: string): 1 | 2 => {
  if (count === "1" || count === "2") return count === "1" ? 1 : 2
  throw new ProgramError(`--digits is ${count}; 1 and 2 are offered`, { code: "wrong-argument" })
}

const passNames = (names: string): string[] =>
  names.trim() === "" ? [] : names.split(",").map((name) => name.trim())
