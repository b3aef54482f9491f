import { median } from "../src/runtime/calibrate/median.ts"

export { median }

/** Milliseconds that `step` takes. */
export const timeOf = (step: () => void): number => {
  const started = performance.now()
  step()
  return performance.now() - started
}

/** The median milliseconds of `repeats` calls after one that is not counted. */
export const medianTime = (step: () => void, repeats: number): number => {
  step()
  return median(Array.from({ length: repeats }, () => timeOf(step)))
}
