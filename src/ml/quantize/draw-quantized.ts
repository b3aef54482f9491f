import { formatTime } from "../../data/index.ts"
import { frontierSvg } from "./frontier-chart.ts"
import { letterOf, printLoss } from "./print-quantized.ts"
import type { QuantizedReport } from "./quantized-model.ts"

/** The report as a picture: of all integer models that have a cost. */
export const drawQuantized = ({
  candidates,
  chosen,
  maxLoss,
}: Omit<QuantizedReport, "toString" | "toSvg">): string => {
  const priced = candidates.flatMap(({ notes, loss, cost }, i) =>
    cost === undefined ? [] : [{ i, loss, time: cost.time, notes }],
  )
  const points = priced.map(({ i, loss, time, notes }) => ({
    mark: letterOf(i),
    label: `${formatTime(time)}, ${printLoss(loss)}: ${notes[0] ?? "integers"}`,
    time,
    loss,
  }))
  const at = priced.findIndex(({ i }) => i === chosen)
  return frontierSvg(points, { maxLoss, ...(at >= 0 && { chosen: at }) })
}
