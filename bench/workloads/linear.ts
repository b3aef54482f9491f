type Matrix = readonly (readonly number[])[]

/** `matrix · x`, one row of the matrix per result. */
export const multiplied = (matrix: Matrix, x: readonly number[]): number[] =>
  matrix.map((row) => {
    let sum = 0
    for (let i = 0; i < row.length; i++) sum += row[i]! * x[i]!
    return sum
  })

/** A row per input, as `x.matmul` takes it. */
export const transposed = (matrix: Matrix): number[][] =>
  matrix[0]!.map((_, i) => matrix.map((row) => row[i]!))
