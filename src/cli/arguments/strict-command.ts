import type { EventEmitter } from "node:events"
import type { Command, Option } from "commander"
import { refuse } from "../refuse.ts"

/**
 * A command that also refuses what commander takes in silence: an option that is given twice, one whose value is left out so
 * that the next option would be its value, and empty names of files.
 */
export const strictCommand = (command: Command): Command => {
  for (const option of command.options) watch(command, option)
  return command.hook("preAction", () => {
    command.registeredArguments.forEach((argument, i) => {
      const given: unknown = command.processedArgs[i]
      if ([given].flat().includes("")) refuse(`argument '${argument.name()}' is empty`)
    })
  })
}

const watch = (command: Command, option: Option): void => {
  let isGiven = false
  // Before commander's own listener, which reads the value. Its types leave this method of Node's out.
  const emitter = command as unknown as EventEmitter
  emitter.prependListener(`option:${option.name()}`, (value: string | null) => {
    if (isGiven && !option.variadic) refuse(`option '${option.flags}' is given twice`)
    isGiven = true
    if (!option.required || value === null) return
    if (isOption(value)) refuse(`option '${option.flags}' argument missing; ${value} is an option itself`)
    if (value === "" && option.long !== "--passes") refuse(`option '${option.flags}' argument is empty`)
  })
}

/** `--name` and `-n`, but neither `-` for standard input nor a negative number. */
const isOption = (value: string): boolean => /^--?[A-Za-z]/.test(value)
