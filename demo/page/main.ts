import type { Progress } from "lutra/client"
import { formatBytes } from "./amounts.ts"
import { showAnswer } from "./answer.ts"
import { createAttempts } from "./attempts.ts"
import { byId, create } from "./element.ts"
import { createPad } from "./pad.ts"
import { drawPixels } from "./pictures.ts"
import { showSamples } from "./samples.ts"
import { scoresOf } from "./scores.ts"
import { createSeenTab } from "./seen-tab.ts"
import { createSessions } from "./sessions.ts"
import { createSteps, DOING } from "./steps.ts"
import { createTabs } from "./tabs.ts"

const start = (): void => {
  const classify = byId("classify", HTMLButtonElement)
  const models = byId("model", HTMLSelectElement)
  const steps = createSteps()
  const attempts = createAttempts(() => steps.stop())
  let isReading = false
  /** Whether the button was used for a drawing that has changed since it was sent. */
  let isWanted = false
  /** Counts changes of the drawing. */
  let drawing = 0

  const sessions = createSessions((progress: Progress, isRehearsal: boolean) => {
    const { step, state } = progress
    if (!isRehearsal) steps.add(progress)
    if (state === "done") attempts.advance()
    else if (isRehearsal) attempts.say("the server loads your keys…")
    else {
      const isRepeated = isReading && (step === "keys" || step === "upload")
      attempts.say(`${isRepeated ? "the server has no keys any more: " : ""}${DOING[step]}…`)
    }
  })
  /** While a drawing is read, the button has nothing to do until the drawing changes. It stays where focus is. */
  const setDisabled = (isDisabled: boolean): void =>
    classify.setAttribute("aria-disabled", String(isDisabled))
  const pad = createPad(() => {
    drawing++
    setDisabled(false)
    const pixels = pad.pixels()
    drawPixels(byId("plain", HTMLCanvasElement), pixels ?? [])
    showAnswer(undefined)
    if (pixels !== undefined) attempts.forgetHint()
  })

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

  /** Reads what is drawn once the keys are there, and again when that was asked for meanwhile. */
  const read = async (): Promise<string> => {
    setDisabled(true)
    isReading = true
    try {
      let outcome: string
      do {
        isWanted = false
        outcome = await readOnce()
      } while (isWanted)
      return outcome
    } finally {
      isReading = false
      isWanted = false
      setDisabled(false)
    }
  }

  const readOnce = async (): Promise<string> => {
    await connectTo()
    const connection = await sessions.open(models.value)
    const pixels = pad.pixels()
    if (pixels === undefined) return ""
    const read = drawing
    isWanted = false
    setDisabled(true)
    const scores = await scoresOf(connection, pixels)
    if (read !== drawing) return pad.pixels() === undefined ? "" : "the drawing has changed: read it again"
    showAnswer(scores)
    byId("digit", HTMLElement).scrollIntoView({ block: "nearest" })
    return "done: the answer was decrypted on this page"
  }

  classify.addEventListener("click", () => {
    if (pad.pixels() === undefined) {
      attempts.hint("There is no digit yet: draw one, or choose one of the samples.")
    } else if (!isReading) {
      void attempts.run(read)
    } else if (classify.ariaDisabled !== "true") {
      isWanted = true
      setDisabled(true)
    }
  })
  byId("retry", HTMLButtonElement).addEventListener("click", () => {
    // The button goes, and focus would go with it.
    classify.focus()
    void attempts.again()
  })
  byId("clear", HTMLButtonElement).addEventListener("click", () => {
    pad.clear()
    isWanted = false
    attempts.clear()
  })
  models.addEventListener("change", () => {
    steps.clear()
    void attempts.run(connectTo)
  })
  byId("forget", HTMLButtonElement).addEventListener("click", () => {
    steps.clear()
    void attempts.run(async () => {
      await sessions.renew(models.value)
      return connectTo()
    })
  })
  const showSeen = createSeenTab()
  createTabs((id) => showSeen(id === "tab-seen"))
  showAnswer(undefined)
  void showSamples((pixels, name) => pad.show(pixels, name)).catch(() => {})
  void attempts.run(connectTo)
}

start()
