import { checkArguments, checkOptions, forms } from "../../data/index.ts"
import { type FrontierPoint, frontierOf } from "./frontier.ts"

export interface FrontierSvgOptions {
  /** The points of loss that were allowed; drawn as a line. */
  readonly maxLoss?: number
  /** The index of the point that was chosen. */
  readonly chosen?: number
}

const WIDTH = 640
const LEFT = 60
const RIGHT = 24
const TOP = 20
const BOTTOM = 270
const LEGEND = BOTTOM + 72
const LINE = 18
/** Of text at 12 pixels. */
const MOST_LETTERS = 84

/**
 * A picture of integer models: points lost over milliseconds, the latter on a logarithmic axis. The frontier is a stepped
 * line; each point has its mark, and its label stands below.
 */
export const frontierSvg = (
  points: readonly FrontierPoint[],
  options: FrontierSvgOptions = {},
  ...surplus: []
): string => {
  checkArguments("frontierSvg", [points, options, ...surplus], {
    points: forms.list,
    options: forms.anything,
  })
  checkOptions<FrontierSvgOptions>("frontierSvg", options, { maxLoss: forms.number, chosen: forms.count })
  const { maxLoss, chosen } = options
  const frontier = frontierOf(points)
  const { x, y, decades, ticks } = axesOf(points, maxLoss)
  const marks = points.map(({ mark }, i) => escapeText(mark ?? String.fromCharCode(97 + (i % 26))))
  const legend = points.flatMap(({ label }, i) =>
    wrapped(label).map((text, line) => ({ mark: line === 0 ? marks[i] : "", text })),
  )
  const height = LEGEND + LINE * legend.length
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" font-family="sans-serif" font-size="12" fill="#333">`,
    `<rect width="${WIDTH}" height="${height}" fill="#fff"/>`,
    ...decades.flatMap((decade) => [
      `<path d="M${x(decade)} ${TOP}V${BOTTOM}" stroke="#ddd"/>`,
      `<text x="${x(decade)}" y="${BOTTOM + 18}" text-anchor="middle">${timeLabel(decade)}</text>`,
    ]),
    ...ticks.flatMap((loss) => [
      `<path d="M${LEFT} ${y(loss)}H${WIDTH - RIGHT}" stroke="#ddd"/>`,
      `<text x="${LEFT - 8}" y="${y(loss) + 4}" text-anchor="end">${Number(loss.toFixed(6))}</text>`,
    ]),
    `<text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${BOTTOM + 40}" text-anchor="middle">time of one prediction</text>`,
    `<text transform="translate(18 ${(TOP + BOTTOM) / 2}) rotate(-90)" text-anchor="middle">points lost</text>`,
    ...(maxLoss === undefined
      ? []
      : [
          `<path d="M${LEFT} ${y(maxLoss)}H${WIDTH - RIGHT}" stroke="#c33" stroke-dasharray="6 4"/>`,
          `<text x="${WIDTH - RIGHT - 4}" y="${y(maxLoss) - 5}" text-anchor="end" fill="#c33">allowed</text>`,
        ]),
    ...(frontier.length === 0
      ? []
      : [`<path d="${stepsThrough(frontier, x, y)}" fill="none" stroke="#36c" stroke-width="2"/>`]),
    ...points.flatMap((point, i) => {
      const at = `cx="${x(point.time)}" cy="${y(point.loss)}"`
      const fill = frontier.includes(point) ? "#36c" : "#fff"
      return [
        ...(i === chosen ? [`<circle ${at} r="9" fill="none" stroke="#36c"/>`] : []),
        `<circle ${at} r="5" fill="${fill}" stroke="#36c" stroke-width="1.5"/>`,
        `<text x="${x(point.time) + 12}" y="${y(point.loss) - 8}" font-weight="bold">${marks[i]}</text>`,
      ]
    }),
    ...legend.flatMap(({ mark, text }, i) => [
      `<text x="${LEFT - 8}" y="${LEGEND + LINE * i}" text-anchor="end" font-weight="bold">${mark}</text>`,
      `<text x="${LEFT}" y="${LEGEND + LINE * i}">${escapeText(text)}</text>`,
    ]),
    "</svg>",
    "",
  ].join("\n")
}

interface Axes {
  /** Pixels of milliseconds and of points. */
  readonly x: (time: number) => number
  readonly y: (loss: number) => number
  /** Where lines are drawn: milliseconds, and points. */
  readonly decades: readonly number[]
  readonly ticks: readonly number[]
}

const axesOf = (points: readonly FrontierPoint[], maxLoss: number | undefined): Axes => {
  const times = points.map(({ time }) => Math.max(time, 0.1))
  const from = Math.floor(Math.log10(Math.min(...times, 100)))
  const to = Math.max(Math.ceil(Math.log10(Math.max(...times, 100))), from + 1)
  const step = niceStep(Math.max(...points.map(({ loss }) => loss), maxLoss ?? 0, 0.5) / 4)
  const most = step * Math.ceil(Math.max(...points.map(({ loss }) => loss), maxLoss ?? 0, 0.5) / step)
  return {
    x: (time) =>
      round(LEFT + ((Math.log10(Math.max(time, 0.1)) - from) / (to - from)) * (WIDTH - LEFT - RIGHT)),
    y: (loss) => round(BOTTOM - (Math.max(loss, 0) / most) * (BOTTOM - TOP)),
    decades: Array.from({ length: to - from + 1 }, (_, i) => 10 ** (from + i)),
    ticks: Array.from({ length: Math.round(most / step) + 1 }, (_, i) => i * step),
  }
}

/** The next of 1, 2 and 5 times a power of ten. */
const niceStep = (least: number): number => {
  const decade = 10 ** Math.floor(Math.log10(least))
  return decade * [1, 2, 5, 10].find((factor) => factor * decade >= least * (1 - 1e-9))!
}

const stepsThrough = (frontier: readonly FrontierPoint[], x: Axes["x"], y: Axes["y"]): string =>
  frontier
    .map(({ time, loss }, i) =>
      i === 0 ? `M${x(time)} ${y(loss)}` : `L${x(time)} ${y(frontier[i - 1]!.loss)} L${x(time)} ${y(loss)}`,
    )
    .join(" ")

const wrapped = (label: string): string[] => {
  const lines = [""]
  for (const word of label.split(" ")) {
    const line = lines.at(-1)!
    if (line !== "" && line.length + 1 + word.length > MOST_LETTERS) lines.push(word)
    else lines[lines.length - 1] = line === "" ? word : `${line} ${word}`
  }
  return lines
}

const round = (value: number): number => Math.round(value * 10) / 10

const timeLabel = (time: number): string => (time < 1000 ? `${time} ms` : `${time / 1000} s`)

const escapeText = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
