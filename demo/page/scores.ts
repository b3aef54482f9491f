import type { Digits } from "./sessions.ts"
import { DARKEST } from "./to-pixels.ts"

/** Ten scores of an image. Models take rows of real numbers; a program by hand takes the integers that it declares. */
export const scoresOf = async (connection: Digits, pixels: readonly number[]): Promise<readonly number[]> => {
  if (connection.spec.rows !== undefined) return (await connection.predict([pixels]))[0]!
  const brightest = Number(connection.spec.inputs[0]!.hi)
  return connection.run({
    image: pixels.map((pixel) => Math.floor((pixel * brightest + DARKEST / 2) / DARKEST)),
  })
}
