import type { Split, Trees } from "../../graph/trees.ts"

/** Collects the trees of an ensemble. */
export class Ensemble {
  readonly #roots: number[] = []
  readonly #splits: Split[] = []
  readonly #leaves: number[] = []
  readonly #features: number
  readonly #targets: number

  constructor(features: number, targets: number) {
    this.#features = features
    this.#targets = targets
  }

  /** A leaf with one value for each result; its reference. */
  addLeaf(values: readonly number[]): number {
    this.#leaves.push(...values)
    return ~(this.#leaves.length / this.#targets - 1)
  }

  addSplit(split: Split): number {
    this.#splits.push(split)
    return this.#splits.length - 1
  }

  addRoot(at: number): void {
    this.#roots.push(at)
  }

  build(aggregate: "sum" | "mean", base: Float64Array): Trees {
    return {
      features: this.#features,
      targets: this.#targets,
      roots: this.#roots,
      splits: this.#splits,
      leaves: Float64Array.from(this.#leaves),
      aggregate,
      base,
    }
  }
}
