import { Presets, SingleBar } from "cli-progress"
import type { OnProgress } from "../runtime/index.ts"

/** Does long work behind a progress bar on stderr, if that is a terminal. */
export const withProgress = async <T>(
  beginning: string,
  work: (onProgress: OnProgress) => Promise<T>,
): Promise<T> => {
  if (!process.stderr.isTTY) return work(() => {})
  const bar = new SingleBar(
    {
      format: "{bar} {percentage} % {doing}",
      stream: process.stderr,
      clearOnComplete: true,
      hideCursor: true,
    },
    Presets.shades_classic,
  )
  bar.start(1, 0, { doing: beginning })
  try {
    return await work((done, total, doing) => {
      bar.setTotal(total)
      bar.update(done, { doing })
    })
  } finally {
    bar.stop()
  }
}
