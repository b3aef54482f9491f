import { colour, context2d } from "./element.ts"
import { DARKEST, SIDE } from "./to-pixels.ts"

/** An image of 8 x 8 pixels as squares over the whole canvas, in the colours of the page. */
export const drawPixels = (canvas: HTMLCanvasElement, pixels: readonly number[]): void => {
  const context = context2d(canvas)
  const size = canvas.width / SIDE
  context.clearRect(0, 0, canvas.width, canvas.height)
  context.fillStyle = colour("--ink")
  for (const [i, pixel] of pixels.entries()) {
    context.globalAlpha = pixel / DARKEST
    context.fillRect((i % SIDE) * size, Math.floor(i / SIDE) * size, size, size)
  }
  context.globalAlpha = 1
}

/** Bytes as grey dots, row by row; dots that there are no bytes for stay empty. */
export const drawBytes = (canvas: HTMLCanvasElement, bytes: Uint8Array): void => {
  const context = context2d(canvas)
  const image = context.createImageData(canvas.width, canvas.height)
  const count = Math.min(bytes.length, canvas.width * canvas.height)
  for (let i = 0; i < count; i++) image.data.set([bytes[i]!, bytes[i]!, bytes[i]!, 255], 4 * i)
  context.putImageData(image, 0, 0)
}

/** So many bytes out of the middle: the first are a header that is the same each time. */
export const middle = (bytes: Uint8Array, count: number): Uint8Array => {
  const from = Math.max(0, Math.floor((bytes.length - count) / 2))
  return bytes.subarray(from, from + count)
}
