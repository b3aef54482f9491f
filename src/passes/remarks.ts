import { ProgramError } from "../data/index.ts"
import { explainProgram, type Node, type Program, type Remark } from "../ir/index.ts"

/** One error with a listing that holds every remark, in program order. */
export const refuse = (program: Program, remarks: readonly Remark[]): ProgramError =>
  new ProgramError(explainProgram(program, remarks))

/** How messages name a value: its input name where it has one. */
export const nameOf = (node: Node): string => (node.op === "input" ? node.attrs.name : "a value")
