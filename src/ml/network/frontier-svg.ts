import { type FrontierPoint, frontierOf } from "./frontier.ts"

const WIDTH = 640
const HEIGHT = 360
const MARGIN = { left: 64, right: 24, top: 24, bottom: 48 }

/** Points lost over milliseconds, the latter on a logarithmic axis; the frontier is a stepped line. */
export const frontierSvg = (points: readonly FrontierPoint[]): string => {
  const times = points.map(({ time }) => Math.max(time, 0.1))
  const from = Math.floor(Math.log10(Math.min(...times, 100)))
  const to = Math.max(Math.ceil(Math.log10(Math.max(...times, 100))), from + 1)
  const most = Math.max(...points.map(({ loss }) => loss), 0.5) * 1.1
  const x = (time: number): number =>
    MARGIN.left +
    ((Math.log10(Math.max(time, 0.1)) - from) / (to - from)) * (WIDTH - MARGIN.left - MARGIN.right)
  const y = (loss: number): number =>
    HEIGHT - MARGIN.bottom - (Math.max(loss, 0) / most) * (HEIGHT - MARGIN.top - MARGIN.bottom)
  const bottom = HEIGHT - MARGIN.bottom
  const decades = Array.from({ length: to - from + 1 }, (_, i) => from + i)
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((part) => part * most)
  const line = frontierOf(points)
    .map(({ time, loss }, i, all) =>
      i === 0
        ? `M${round(x(time))} ${round(y(loss))}`
        : `L${round(x(time))} ${round(y(all[i - 1]!.loss))} L${round(x(time))} ${round(y(loss))}`,
    )
    .join(" ")
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    ...decades.flatMap((decade) => [
      `<path d="M${round(x(10 ** decade))} ${MARGIN.top}V${bottom}" stroke="#ddd"/>`,
      `<text x="${round(x(10 ** decade))}" y="${bottom + 18}" text-anchor="middle">${timeLabel(10 ** decade)}</text>`,
    ]),
    ...ticks.flatMap((loss) => [
      `<path d="M${MARGIN.left} ${round(y(loss))}H${WIDTH - MARGIN.right}" stroke="#eee"/>`,
      `<text x="${MARGIN.left - 8}" y="${round(y(loss)) + 4}" text-anchor="end">${loss.toFixed(2)}</text>`,
    ]),
    `<text x="${WIDTH / 2}" y="${HEIGHT - 10}" text-anchor="middle">time of one prediction</text>`,
    `<text transform="translate(16 ${HEIGHT / 2}) rotate(-90)" text-anchor="middle">points lost</text>`,
    ...(line === "" ? [] : [`<path d="${line}" fill="none" stroke="#36c" stroke-width="2"/>`]),
    ...points.map(
      ({ label, time, loss }) =>
        `<circle cx="${round(x(time))}" cy="${round(y(loss))}" r="4" fill="#36c"><title>${escapeText(label)}</title></circle>`,
    ),
    "</svg>",
    "",
  ].join("\n")
}

const round = (value: number): number => Math.round(value * 10) / 10

const timeLabel = (milliseconds: number): string =>
  milliseconds >= 1000 ? `${milliseconds / 1000} s` : `${milliseconds} ms`

const escapeText = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
