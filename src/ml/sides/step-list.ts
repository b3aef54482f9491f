import type { RowStep } from "../../data/index.ts"

/** Steps of a client: from vectors of numbers to one, in the form that a specification has. */
export type Steps = readonly RowStep[]

type Body = RowStep extends infer S ? (S extends RowStep ? Omit<S, "of"> : never) : never

/** A list of steps in the making. Vectors go by number: 0 is the one that is given. */
export class StepList {
  readonly #steps: RowStep[] = []

  get steps(): Steps {
    return this.#steps
  }

  /** Adds a step and gives the number of what it makes. */
  add(step: Body, ...of: readonly number[]): number {
    const follows = of.length === 1 && of[0] === this.#steps.length
    this.#steps.push((follows ? step : { ...step, of }) as RowStep)
    return this.#steps.length
  }

  /** Elements of a vector in another order, or some of them; the vector itself where that is the same. */
  pick(vector: number, size: number, columns: ArrayLike<number>, fill?: number): number {
    const same = columns.length === size && Array.from(columns).every((column, i) => column === i)
    if (same) return vector
    const hasFill = Array.from(columns).includes(-1)
    return this.add(
      { kind: "pick", columns: Array.from(columns), ...(hasFill && { fill: fill ?? 0 }) },
      vector,
    )
  }
}
