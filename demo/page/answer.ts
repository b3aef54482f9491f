import { byId, create } from "./element.ts"

/** Shows what was read: the digit of the largest score, and a bar for each score between the least and the largest. */
export const showAnswer = (scores: readonly number[] | undefined): void => {
  const digit = byId("digit", HTMLElement)
  const best = scores?.indexOf(Math.max(...scores))
  digit.replaceChildren(
    Object.assign(create("span", "big", best === undefined ? "?" : String(best)), { ariaHidden: "true" }),
    create("span", "spoken", best === undefined ? "nothing read yet" : `read as ${best}`),
  )
  const least = Math.min(...(scores ?? [0]))
  const range = Math.max(...(scores ?? [0])) - least || 1
  const bars = Array.from({ length: 10 }, (_, i) => {
    const score = scores?.[i]
    const item = create("li", i === best ? "best" : "")
    const track = create("span", "track")
    const bar = create("div", "bar")
    bar.style.setProperty("--share", String(score === undefined ? 0 : (score - least) / range))
    track.append(bar)
    item.append(create("span", "", String(i)), track, create("span", "score", formatScore(score)))
    return item
  })
  byId("scores", HTMLOListElement).replaceChildren(...bars)
}

/** Whole scores as they are, probabilities in percent. */
const formatScore = (score: number | undefined): string => {
  if (score === undefined) return "–"
  return Number.isInteger(score) ? String(score).replace("-", "−") : `${(100 * score).toFixed(1)} %`
}
