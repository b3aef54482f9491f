import { formatTime } from "../../data/index.ts"
import { frontierSvg } from "./frontier-chart.ts"
import { letterOf, printLoss } from "./print-quantised.ts"
import type { QuantisedReport } from "./quantised-model.ts"

/** The report as a picture: of all integer models that have a cost. */
export const drawQuantised = ({
  candidates,
  chosen,
  maxLoss,
}: Omit<QuantisedReport, "toString" | "toSvg">): string => {
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
