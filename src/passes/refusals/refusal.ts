import { ProgramError, type ProgramErrorCode } from "../../data/index.ts"
import { explainProgram, type Node, type Program, type Remark } from "../../ir/index.ts"

/** One thing that is wrong with a program, at a node of it. */
export interface Problem extends Remark {
  /** What is said of other nodes on its account, such as the steps that add up to a depth. */
  readonly steps?: readonly Remark[]
  /** The input or output that it is about, whatever node stands for it. */
  readonly input?: string
  readonly output?: string
}

/** Everything that a pass found wrong. The message is a listing with each problem below its statement. */
export class Refusal extends ProgramError {
  readonly program: Program
  readonly problems: readonly Problem[]

  constructor(code: ProgramErrorCode, program: Program, problems: readonly Problem[]) {
    super(listing(program, distinct(program, problems), lead(program, distinct(program, problems))), { code })
    this.program = program
    this.problems = problems
  }
}

export const refuse = (code: ProgramErrorCode, program: Program, problems: readonly Problem[]): Refusal =>
  new Refusal(code, program, problems)

/**
 * Several refusals of one program as one error, a listing for each; the first alone is itself. What is said of inputs and
 * outputs stands in the first listing, which is the nearest to what the user wrote.
 */
export const gather = (refusals: readonly Refusal[]): ProgramError => {
  const [first, ...rest] = refusals as [Refusal, ...Refusal[]]
  const found = [...first.problems]
  const later = rest.map(({ program, problems }) => ({
    program,
    problems: problems.filter((problem) => {
      const node = placeOf(problem, first.program)
      if (node !== undefined) found.push({ ...problem, node })
      return node === undefined
    }),
  }))
  const listed = [{ program: first.program, problems: found }, ...later]
    .map(({ program, problems }) => ({ program, problems: distinct(program, problems) }))
    .filter(({ problems }) => problems.length > 0)
  const title = lead(
    first.program,
    listed.flatMap(({ problems }) => problems),
  )
  return new ProgramError(
    listed
      .map(({ program, problems }, i) => listing(program, problems, i === 0 ? title : "and further on:"))
      .join("\n"),
    { code: first.code },
  )
}

/** The input or output that a problem is about, in another form of its program. */
const placeOf = ({ input, output }: Problem, { inputs, outputs }: Program): Node | undefined =>
  input === undefined ? outputs.get(output ?? "") : inputs.find(({ attrs }) => attrs.name === input)

/** Without what one line of the user's brings about several times, as an operator that is made of many tables does. */
const distinct = ({ origins }: Program, problems: readonly Problem[]): Problem[] => {
  const said = new Set<string>()
  return problems.filter(({ node, message }) => {
    const location = origins.get(node)?.location
    const key = `${location} ${message}`
    if (location !== undefined && said.has(key)) return false
    said.add(key)
    return true
  })
}

const lead = ({ name }: Program, problems: readonly Problem[]): string =>
  problems.length === 1
    ? problems[0]!.message.split("\n")[0]!
    : `program ${name} has ${problems.length} problems`

/** How many problems of a kind are listed; of more the others are counted. */
const LISTED = 4

const listing = (program: Program, problems: readonly Problem[], title: string): string => {
  const kinds = new Map<string, Problem[]>()
  for (const problem of problems) {
    const kind = kindOf(problem.message)
    kinds.set(kind, [...(kinds.get(kind) ?? []), problem])
  }
  const shown = new Set([...kinds.values()].flatMap((alike) => alike.slice(0, LISTED)))
  const text = explainProgram(
    program,
    problems
      .filter((problem) => shown.has(problem))
      .flatMap((problem) => [problem, ...(problem.steps ?? [])]),
    title,
  )
  const counts = [...kinds.values()]
    .filter(({ length }) => length > LISTED)
    .map((alike) => `  and ${alike.length - LISTED} more like this: ${alike[LISTED]!.message.split("\n")[0]}`)
  return [text, ...counts].join("\n")
}

/** A message without its numbers and the names of inputs and outputs: of two equal ones one says it all. */
const kindOf = (message: string): string =>
  message
    .split("\n")[0]!
    .replaceAll(/\b(input|output) \S+/g, "$1")
    .replaceAll(/[-\d.∞]+/g, "0")

/** How messages name a value: its input name where it has one. */
export const nameOf = (node: Node): string => (node.op === "input" ? node.attrs.name : "a value")
