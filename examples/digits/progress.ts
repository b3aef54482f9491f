import cliProgress from "cli-progress"
import type { OnProgress } from "lutra"

/** A progress bar on a terminal's standard error; silent elsewhere. It is gone when the step is done. */
export async function withProgress<T>(
  title: string,
  step: (onProgress: OnProgress) => Promise<T>,
): Promise<T> {
  const bar = new cliProgress.SingleBar({
    format: `  ${title.padEnd(28)} [{bar}] {percentage}%  {doing}`,
    clearOnComplete: true,
    hideCursor: true,
    stopOnComplete: false,
  })
  let isStarted = false
  try {
    return await step((done, total, doing) => {
      if (!isStarted) bar.start(total, 0, { doing: "" })
      isStarted = true
      bar.update(done, { doing })
    })
  } finally {
    bar.stop()
  }
}
