import { compile, enc, uint } from "lutra"

/** What each answer of a questionnaire counts, and the points from which the risk is high. */
const weights = [4, 2, 3, 1]
const threshold = 6

/** Four secret answers, 1 for yes and 0 for no, become points, and whether they are many. Only the client learns either. */
export const program = compile(
  { answers: enc(uint(1), [4]) },
  ({ answers }) => {
    const points = answers.matmul(weights)
    return { points, isHigh: points.ge(threshold) }
  },
  { name: "risk" },
)
