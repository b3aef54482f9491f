import { RuntimeError } from "../errors.ts"
import { operandsOf } from "./apply-steps.ts"
import type { PerColumn } from "./row-codec.ts"
import type { RowStep } from "./row-step.ts"

/** More numbers than any client should make of one row. */
const MOST_NUMBERS = 2 ** 22

/** The size of what steps make of a vector of a size. Throws RuntimeError, naming the step, where they do not fit it. */
export const sizeAfter = (steps: readonly RowStep[], size: number): number => {
  const sizes = [size]
  let total = size
  for (const [i, step] of steps.entries()) {
    const place = `step ${i + 1}, "${step.kind}",`
    const operands = operandsOf(step, sizes.length).map(
      (number) => sizes[number] ?? refuse(`${place} is applied to ${number}, which comes later or never`),
    )
    const arity = ARITIES[step.kind] ?? 1
    const fits = step.kind === "concat" ? operands.length > 0 : operands.length === arity
    if (!fits) refuse(`${place} is applied to ${operands.length} vectors`)
    const result = sizeOf(step, operands, place)
    total += result
    if (total > MOST_NUMBERS)
      refuse(`${place} would be the one at which more than ${MOST_NUMBERS} numbers are made of a row`)
    sizes.push(result)
  }
  return sizes.at(-1)!
}

const refuse = (message: string): never => {
  throw new RuntimeError(message, { code: "damaged" })
}

const ARITIES: Readonly<Partial<Record<RowStep["kind"], number>>> = { constant: 0, zip: 2, select: 3 }

const sizeOf = (step: RowStep, operands: readonly number[], place: string): number => {
  const [size = 0] = operands
  const perColumn = (...lists: readonly (PerColumn | undefined)[]): number => {
    const odd = lists.find((list) => list !== undefined && list.length !== 1 && list.length !== size)
    return odd === undefined ? size : refuse(`${place} has ${odd.length} numbers for ${size} columns`)
  }
  const lines = (length = size): number =>
    length > 0 && size % length === 0
      ? size / length
      : refuse(`${place} takes lines of ${length} numbers, and has ${size}`)
  switch (step.kind) {
    case "affine":
      return perColumn(step.scale, step.offset, step.divisor)
    case "matrix": {
      const { rows, offset } = step
      const odd = rows.find(({ length }) => length !== size)
      if (odd) refuse(`${place} has rows of ${odd.length} numbers for ${size} columns`)
      if (offset.length !== 1 && offset.length !== rows.length)
        refuse(`${place} has ${offset.length} offsets for ${rows.length} rows`)
      return rows.length
    }
    case "pick": {
      const { columns, fill } = step
      const odd = columns.find((column) => column >= size || (column < 0 && fill === undefined))
      return odd === undefined
        ? columns.length
        : refuse(`${place} names place ${odd} of ${size}${odd < 0 ? " and has nothing to fill in" : ""}`)
    }
    case "concat":
      return operands.reduce((a, b) => a + b, 0)
    case "constant":
      return step.values.length
    case "oneHot":
      return step.categories.length === size
        ? step.categories.reduce((sum, list) => sum + list.length, 0)
        : refuse(`${place} has categories of ${step.categories.length} columns, not ${size}`)
    case "lookup":
      return step.keys.length === step.values.length
        ? size
        : refuse(`${place} has ${step.values.length} values for ${step.keys.length} keys`)
    case "map":
      return size
    case "zip":
    case "select": {
      const most = Math.max(...operands)
      return operands.every((operand) => operand === 1 || operand === most)
        ? most
        : refuse(`${place} is applied to vectors of ${operands.join(" and ")} numbers`)
    }
    case "fold":
    case "argument":
      return lines(step.length)
    case "line":
    case "normalize":
      lines(step.length)
      return size
    case "nearest":
      return step.targets.length === size * step.results && step.k <= size
        ? step.results
        : refuse(`${place} takes the ${step.k} nearest of ${size} points with ${step.targets.length} numbers`)
  }
}
