import type { Workload } from "./workload.ts"
import { matrix } from "./workloads/dense-matrix.ts"
import { digitsWorkloads } from "./workloads/digits.ts"
import { forest } from "./workloads/forest.ts"
import { lessThan } from "./workloads/less-than.ts"
import { perceptron } from "./workloads/perceptron.ts"
import { tables } from "./workloads/tables.ts"

/** The programs of the bar, in its order. */
export const workloads: readonly Workload[] = [
  ...tables,
  matrix,
  perceptron,
  forest,
  lessThan,
  ...digitsWorkloads,
]
