import type { Declaration } from "./operator.ts"

/**
 * How an operator is called, as messages and the reference show it: `x.pad(width, mode?, { mode?, constantValues? })`.
 * What may be left out has a question mark; what stands in braces is given by name.
 */
export const usageOf = ({ name, parameters }: Declaration): string => {
  const [first] = parameters
  const reading = first?.argument.reading
  const isMethod = first?.kind === "required" && reading === "tensor"
  const inOrder = parameters
    .slice(isMethod ? 1 : 0)
    .flatMap(({ name: own, kind }) =>
      kind === "required" ? [own] : kind === "optional" ? [`${own}?`] : kind === "rest" ? [`...${own}`] : [],
    )
  const named = parameters.flatMap(({ name: own, kind }) =>
    kind === "optional" || kind === "named" ? [`${own}?`] : [],
  )
  const all = named.length === 0 ? inOrder : [...inOrder, `{ ${named.join(", ")} }`]
  return `${isMethod ? "x." : ""}${name}(${all.join(", ")})`
}
