import type { Origin } from "../../ir/index.ts"

/** Frames below this folder, the library's own, are not where the user wrote something. */
const LIBRARY = new URL("../..", import.meta.url).pathname

/** Enough frames to leave the library: its calls nest less deeply. */
const FRAMES = 16

/** The user's place now. Costs a few microseconds: the stack is captured here and made into text when it is asked for. */
export const originHere = (tag: string | undefined): Origin => {
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = FRAMES
  const stack = new Error()
  Error.stackTraceLimit = stackTraceLimit
  return tag === undefined ? new StackOrigin(stack) : new TaggedOrigin(stack, tag)
}

class StackOrigin implements Origin {
  #stack: Error | undefined
  #location: string | undefined

  constructor(stack: Error) {
    this.#stack = stack
  }

  /** `file.ts:line:column` of the innermost call from outside the library; undefined where the engine tells none. */
  get location(): string | undefined {
    if (this.#stack !== undefined) this.#location = userFrame(this.#stack.stack ?? "")
    this.#stack = undefined
    return this.#location
  }
}

class TaggedOrigin extends StackOrigin {
  readonly tag: string

  constructor(stack: Error, tag: string) {
    super(stack)
    this.tag = tag
  }
}

const userFrame = (stack: string): string | undefined => {
  for (const line of stack.split("\n")) {
    const frame = /([^(@]+):(\d+):(\d+)\)?$/.exec(line)
    if (frame === null || frame[1]!.includes(LIBRARY) || frame[1]!.includes("node:")) continue
    return `${frame[1]!.split(/[/\\]/).at(-1)!.replace(/\?.*/, "")}:${frame[2]}:${frame[3]}`
  }
  return undefined
}
