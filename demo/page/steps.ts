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

interface Amounts {
  readonly bytes?: number
  readonly milliseconds: number
}

/** The table of steps, which each step that is done adds to. */
export const createSteps = () => {
  const body = byId("steps", HTMLTableSectionElement)
  const hex = byId("hex", HTMLElement)
  const amounts = new Map<Row, Amounts>()

  const draw = (): void => {
    const rows = ROWS.map(([row, name]) => {
      const { bytes, milliseconds } = amounts.get(row) ?? {}
      const line = create("tr")
      line.dataset["step"] = row
      const head = create("th", "", name)
      head.scope = "row"
      const restored = row === "upload" && milliseconds === undefined && amounts.has("keys")
      line.append(
        head,
        create("td", "number", bytes === undefined ? (restored ? "there already" : "") : formatBytes(bytes)),
        create("td", "number", milliseconds === undefined ? "" : formatTime(milliseconds)),
      )
      return line
    })
    body.replaceChildren(...rows)
  }
  draw()

  return {
    /** Takes a step that is done into account. */
    add({ step, state, milliseconds = 0, message, computing }: Progress): void {
      if (state === "begun" && step === "server" && message !== undefined) {
        drawBytes(byId("noise", HTMLCanvasElement), middle(message, 64 * 64))
        hex.textContent = Array.from(middle(message, 96), (byte) => byte.toString(16).padStart(2, "0")).join(
          " ",
        )
      }
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
      draw()
    },
  }
}
