import { byId, colour, context2d } from "./element.ts"
import { drawPixels } from "./pictures.ts"
import { type Stroke, toPixels } from "./to-pixels.ts"

/** Where digits are drawn. */
export interface Pad {
  /** The image as the network takes it, 64 pixels of 0 to 16; undefined when there is none. */
  pixels(): readonly number[] | undefined
  /** Shows an image in place of a drawing. */
  show(pixels: readonly number[], name: string): void
  clear(): void
}

/** Part of the width of the pad that a line takes while one draws. */
const LINE = 0.06

/** `onChange` is told after each stroke and whatever else changes the image. */
export const createPad = (onChange: () => void): Pad => {
  const canvas = byId("pad", HTMLCanvasElement)
  let strokes: Stroke[] = []
  let sample: readonly number[] | undefined

  const redraw = (): void => {
    const context = context2d(canvas)
    context.clearRect(0, 0, canvas.width, canvas.height)
    if (sample !== undefined) drawPixels(canvas, sample)
    context.strokeStyle = colour("--ink")
    context.lineWidth = LINE * canvas.width
    context.lineCap = "round"
    context.lineJoin = "round"
    for (const [first, ...rest] of strokes) {
      context.beginPath()
      context.moveTo(first!.x, first!.y)
      for (const { x, y } of rest.length > 0 ? rest : [first!]) context.lineTo(x, y)
      context.stroke()
    }
  }
  const set = (drawn: Stroke[], shown: readonly number[] | undefined, name: string): void => {
    strokes = drawn
    sample = shown
    canvas.setAttribute(
      "aria-label",
      `Drawing area, ${name}. Draw with mouse, finger or pen, or choose a sample below.`,
    )
    redraw()
  }
  const at = (event: PointerEvent) => {
    const { left, top, width, height } = canvas.getBoundingClientRect()
    return {
      x: ((event.clientX - left) * canvas.width) / width,
      y: ((event.clientY - top) * canvas.height) / height,
    }
  }
  canvas.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || !event.isPrimary) return
    event.preventDefault()
    canvas.setPointerCapture(event.pointerId)
    set([...(sample === undefined ? strokes : []), [at(event)]], undefined, "with your drawing")
  })
  canvas.addEventListener("pointermove", (event) => {
    if (!canvas.hasPointerCapture(event.pointerId)) return
    const last = strokes.at(-1)!
    const events = event.getCoalescedEvents?.() ?? []
    strokes = [...strokes.slice(0, -1), [...last, ...(events.length > 0 ? events : [event]).map(at)]]
    redraw()
  })
  canvas.addEventListener("lostpointercapture", onChange)
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw)

  return {
    pixels: () => sample ?? (strokes.length === 0 ? undefined : toPixels(strokes)),
    show: (pixels, name) => {
      set([], pixels, `with ${name}`)
      onChange()
    },
    clear: () => {
      set([], undefined, "empty")
      onChange()
    },
  }
}
