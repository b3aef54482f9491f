import type { Progress, Step } from "lutra/client"
import { formatBytes, formatTime } from "./amounts.ts"
import { byId, create } from "./element.ts"
import { drawBytes, middle } from "./pictures.ts"

/** What the page says while a step is under way. */
export const DOING: Readonly<Record<Step, string>> = {
  download: "fetching what this page needs to know of the model",
  keys: "making your keys",
  upload: "sending evaluation keys to the server",
  encrypt: "encrypting the image",
  server: "the server computes on the ciphertext",
  refresh: "encrypting again what the server left off with",
  decrypt: "decrypting the answer",
}

const ROWS = [
  ["keys", "Keys made"],
  ["upload", "Evaluation keys sent"],
  ["encrypt", "Image encrypted"],
  ["computing", "Server computed"],
  ["transfer", "On the way, both directions"],
  ["decrypt", "Answer decrypted"],
] as const

type Row = (typeof ROWS)[number][0]

/** The row that tells of a step. */
const ROW_OF: Readonly<Partial<Record<Step, Row>>> = {
  keys: "keys",
  upload: "upload",
  encrypt: "encrypt",
  server: "computing",
  decrypt: "decrypt",
}

/** Milliseconds between two looks at the clock while a step is under way. */
const TICK = 100

interface Amounts {
  readonly bytes?: number
  readonly milliseconds: number
}

/** The table of steps, which each step that is done adds to. */
export const createSteps = () => {
  const body = byId("steps", HTMLTableSectionElement)
  const hex = byId("hex", HTMLElement)
  const amounts = new Map<Row, Amounts>()
  let running: { readonly row: Row; readonly since: number } | undefined
  let clock: ReturnType<typeof setInterval> | undefined

  const timeOf = (row: Row, milliseconds: number | undefined): string => {
    if (row === running?.row) return `${formatTime(performance.now() - running.since)}…`
    return milliseconds === undefined ? "" : formatTime(milliseconds)
  }
  const draw = (): void => {
    const rows = ROWS.map(([row, name]) => {
      const { bytes, milliseconds } = amounts.get(row) ?? {}
      const line = create("tr")
      line.dataset["step"] = row
      if (row === running?.row) {
        line.className = "running"
        line.ariaCurrent = "step"
      }
      const head = create("th", "", name)
      head.scope = "row"
      const restored = row === "upload" && milliseconds === undefined && amounts.has("keys")
      line.append(
        head,
        create("td", "number", bytes === undefined ? (restored ? "there already" : "") : formatBytes(bytes)),
        create("td", "number", timeOf(row, milliseconds)),
      )
      return line
    })
    body.replaceChildren(...rows)
  }
  draw()

  /** Shows which step is under way, with its time as it goes on; none when there is no such row. */
  const setRunning = (row: Row | undefined): void => {
    clearInterval(clock)
    running = row && { row, since: performance.now() }
    if (running !== undefined) clock = setInterval(draw, TICK)
    draw()
  }

  return {
    /** Shows a step that has begun, and what one that is done has taken. */
    add({ step, state, milliseconds = 0, message, computing }: Progress): void {
      if (state === "begun" && step === "server" && message !== undefined) {
        drawBytes(byId("noise", HTMLCanvasElement), middle(message, 64 * 64))
        hex.textContent = Array.from(middle(message, 96), (byte) => byte.toString(16).padStart(2, "0")).join(
          " ",
        )
      }
      setRunning(state === "begun" ? ROW_OF[step] : undefined)
      if (state === "begun") return
      const bytes = message?.length
      if (step === "keys") {
        const before = amounts.get("keys")?.milliseconds ?? 0
        amounts.set("keys", { milliseconds: before + milliseconds })
      } else if (step === "server") {
        if (computing !== undefined) amounts.set("computing", { milliseconds: computing })
        const sent = amounts.get("encrypt")?.bytes ?? 0
        amounts.set("transfer", { bytes: sent + (bytes ?? 0), milliseconds: milliseconds - (computing ?? 0) })
      } else if (step === "upload" || step === "encrypt" || step === "decrypt") {
        amounts.set(step, { milliseconds, ...(bytes !== undefined && { bytes }) })
      }
      draw()
    },
    /** Begins anew, for another model or other keys. */
    clear(): void {
      amounts.clear()
      setRunning(undefined)
    },
    /** Nothing is under way any more: a step that has failed is not done. */
    stop(): void {
      setRunning(undefined)
    },
  }
}
