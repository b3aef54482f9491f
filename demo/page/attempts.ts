import { refusalOf } from "lutra/client"
import { byId } from "./element.ts"

/** Steps of a whole attempt: making and sending keys, and the blank image that is read first. */
const USUAL_STEPS = 6

/** Shows that something is under way, how far it is, and what went wrong with it. Only the last attempt says so. */
export const createAttempts = (onEnd: () => void) => {
  const status = byId("status", HTMLElement)
  const bar = byId("progress", HTMLProgressElement)
  const problem = byId("problem", HTMLElement)
  const problemText = byId("problem-text", HTMLElement)
  const retry = byId("retry", HTMLButtonElement)
  let attempts = 0
  let steps = 0
  let last: () => Promise<string> = async () => ""

  const run = async (work: () => Promise<string>): Promise<void> => {
    const own = ++attempts
    last = work
    problem.hidden = true
    // One that joins another, as a tap does while keys are made, goes on where that is.
    if (bar.hidden) {
      steps = 0
      bar.removeAttribute("value")
      bar.hidden = false
    }
    try {
      const outcome = await work()
      if (own === attempts) status.textContent = outcome
    } catch (error) {
      if (own !== attempts) return
      status.textContent = ""
      problemText.textContent = explain(error)
      problem.hidden = false
      retry.hidden = false
    } finally {
      if (own === attempts) {
        bar.hidden = true
        onEnd()
      }
    }
  }

  return {
    run,
    again: () => run(last),
    /** Says what is under way. */
    say(text: string): void {
      if (!bar.hidden) status.textContent = text
    },
    /** One step more is done. */
    advance(): void {
      steps++
      bar.max = Math.max(USUAL_STEPS, steps + 1)
      bar.value = steps
    },
    /** Says what is missing before anything can begin. */
    hint(text: string): void {
      problemText.textContent = text
      problem.hidden = false
      retry.hidden = true
    },
    forgetHint(): void {
      if (retry.hidden) problem.hidden = true
    },
    /** Takes away what was said of earlier attempts; one that is under way goes on. */
    clear(): void {
      problem.hidden = true
      if (bar.hidden) status.textContent = ""
    },
  }
}

const explain = (error: unknown): string => {
  const refusal = refusalOf(error)
  if (refusal?.code === "busy")
    return "The server is busy with others. Nothing is lost: try again in a moment."
  if (refusal !== undefined) return `The server refused: ${(error as Error).message}`
  const { message, cause } = error as Error
  if (cause instanceof TypeError)
    return "The server cannot be reached. Check that the demo still runs, then try again."
  return message
}
