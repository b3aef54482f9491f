import type { Command, CommanderError } from "commander"

/** In one line, what commander found wrong with the arguments. */
export const describeMisuse = (
  { code, message }: CommanderError,
  args: readonly string[],
  program: Command,
): string => {
  if (code === "commander.help") {
    return args.length === 0
      ? "no command is given; lutra --help shows them"
      : "lutra --help shows the commands"
  }
  const line = message.replace(/^error: /, "").replaceAll("\n", " ")
  const unknown = /^unknown option '([^']*)'/.exec(line)?.[1]
  if (unknown === undefined) return line
  const command = program.commands.find((each) => each.name() === args[0]) ?? program
  const name = unknown.split("=")[0]
  if (name !== unknown && command.options.some(({ long }) => long === name))
    return `option '${name}' takes no value`
  const path = command === program ? "lutra" : `lutra ${command.name()}`
  return line.includes("(Did you mean ") ? line : `${line}; ${path} --help shows the options`
}
