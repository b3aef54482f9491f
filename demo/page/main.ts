import { type Progress, refusalOf } from "lutra/client"
import { formatBytes } from "./amounts.ts"
import { showAnswer } from "./answer.ts"
import { byId, create } from "./element.ts"
import { createPad } from "./pad.ts"
import { drawPixels } from "./pictures.ts"
import { showSamples } from "./samples.ts"
import { createSeenTab } from "./seen-tab.ts"
import { createSessions, type Digits } from "./sessions.ts"
import { createSteps, DOING } from "./steps.ts"
import { createTabs } from "./tabs.ts"
import { DARKEST } from "./to-pixels.ts"

const start = (): void => {
  const status = byId("status", HTMLElement)
  const progressBar = byId("progress", HTMLProgressElement)
  const problem = byId("problem", HTMLElement)
  const classify = byId("classify", HTMLButtonElement)
  const forget = byId("forget", HTMLButtonElement)
  const retry = byId("retry", HTMLButtonElement)
  const models = byId("model", HTMLSelectElement)
  const steps = createSteps()
  let isReading = false
  let attempts = 0
  let again: () => Promise<void> = async () => {}

  const sessions = createSessions((progress: Progress) => {
    steps.add(progress)
    if (progress.state === "begun") {
      const isRepeated = isReading && (progress.step === "keys" || progress.step === "upload")
      status.textContent = `${isRepeated ? "the server has no keys any more: " : ""}${DOING[progress.step]}…`
    }
  })
  const pad = createPad(() => {
    const pixels = pad.pixels()
    drawPixels(byId("plain", HTMLCanvasElement), pixels ?? [])
    showAnswer(undefined)
    if (pixels !== undefined && retry.hidden) problem.hidden = true
  })

  /** Shows that something is under way, and what went wrong with it. Only the last attempt says so. */
  const attempt = async (run: () => Promise<string>): Promise<void> => {
    const own = ++attempts
    again = () => attempt(run)
    problem.hidden = true
    progressBar.hidden = false
    try {
      const outcome = await run()
      if (own === attempts) status.textContent = outcome
    } catch (error) {
      if (own !== attempts) return
      status.textContent = ""
      byId("problem-text", HTMLElement).textContent = explain(error)
      problem.hidden = false
      retry.hidden = false
    } finally {
      if (own === attempts) progressBar.hidden = true
    }
  }

  const connectTo = async (): Promise<string> => {
    if (models.options.length === 0) {
      const offered = await sessions.models()
      const options = offered.map(({ name, bytes }) =>
        Object.assign(create("option", "", `${name}, keys of ${formatBytes(bytes.keys)}`), { value: name }),
      )
      models.replaceChildren(...options)
      byId("model-label", HTMLElement).hidden = offered.length < 2
    }
    await sessions.open(models.value)
    byId("keys", HTMLElement).textContent =
      "Your secret key is kept in this browser, for your next visit, and never leaves it."
    return "ready: your keys are here, and the server has the evaluation keys"
  }

  const read = async (pixels: readonly number[]): Promise<string> => {
    classify.disabled = true
    try {
      await connectTo()
      return await readWith(await sessions.open(models.value), pixels)
    } finally {
      classify.disabled = false
    }
  }

  const readWith = async (connection: Digits, pixels: readonly number[]): Promise<string> => {
    isReading = true
    try {
      showAnswer(await scoresOf(connection, pixels))
      byId("digit", HTMLElement).scrollIntoView({ block: "nearest" })
    } finally {
      isReading = false
    }
    return "done: the answer was decrypted on this page"
  }

  classify.addEventListener("click", () => {
    const pixels = pad.pixels()
    if (pixels !== undefined) return void attempt(() => read(pixels))
    byId("problem-text", HTMLElement).textContent =
      "There is no digit yet: draw one, or choose one of the samples."
    problem.hidden = false
    retry.hidden = true
  })
  retry.addEventListener("click", () => void again())
  byId("clear", HTMLButtonElement).addEventListener("click", () => {
    pad.clear()
  })
  models.addEventListener("change", () => {
    steps.clear()
    void attempt(connectTo)
  })
  forget.addEventListener("click", () => {
    steps.clear()
    void attempt(async () => {
      await sessions.forget(models.value)
      return connectTo()
    })
  })
  const showSeen = createSeenTab()
  createTabs((id) => showSeen(id === "tab-seen"))
  showAnswer(undefined)
  void showSamples((pixels, name) => pad.show(pixels, name)).catch(() => {})
  void attempt(connectTo)
}

/** Models take rows of real numbers; a program by hand takes the integers that it declares. */
const scoresOf = async (connection: Digits, pixels: readonly number[]): Promise<readonly number[]> => {
  if (connection.spec.rows !== undefined) return (await connection.predict([pixels]))[0]!
  const brightest = Number(connection.spec.inputs[0]!.hi)
  return connection.run({
    image: pixels.map((pixel) => Math.floor((pixel * brightest + DARKEST / 2) / DARKEST)),
  })
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

start()
