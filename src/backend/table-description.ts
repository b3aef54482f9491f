import { nodesOf, type Program } from "../ir/index.ts"
import { reachable, type TableNode, TablePolynomials } from "./table-polynomials.ts"
import type { TableStrategy } from "./table-schedule.ts"

/** How the tables of one node are computed, for people. */
export interface TableDescription {
  readonly node: TableNode
  /** The values that the operand can take. */
  readonly entries: number
  /** How many tables the elements are looked up in. */
  readonly tables: number
  readonly form: "polynomial" | "even" | "odd" | "equality"
  /** The point of symmetry, or the one unlike all others, as a multiple of 1/2; null if tables differ in it or there is none. */
  readonly centre: number | null
  /** Of the polynomial in the operand. */
  readonly degree: bigint
  readonly baby: number
  /** Of one piece of the vector alone; tables of one value share powers. */
  readonly products: number
  readonly relinearizations: number
  readonly depth: number
}

/** The tables of a program, in its order, as `lower` computes them mod t. */
export const describeTables = (
  program: Program,
  t: bigint,
  strategy: TableStrategy = "shallow",
  polynomials: TablePolynomials = new TablePolynomials(),
): TableDescription[] =>
  nodesOf(program).flatMap((node) => {
    if (node.op !== "table" || !node.type.secret) return []
    const { form, parity, tables, baby, cost } = polynomials.schedule(node, t, strategy)
    const centres = new Set(tables.map(({ centre }) => centre))
    const [centre] = centres
    const terms = tables.reduce((most, { coefficients }) => Math.max(most, coefficients.length), 1)
    return {
      node,
      entries: reachable(node)[0]!.entries.length,
      tables: tables.length,
      form: form === "equality" ? form : (parity ?? "polynomial"),
      centre: centres.size === 1 ? centre! : null,
      degree: form === "equality" ? t - 1n : BigInt(terms - 1),
      baby,
      products: cost.products,
      relinearizations: cost.relinearizations,
      depth: cost.depth,
    }
  })

/** A line such as `table of 64 entries: odd in x - 31.5, degree 63, 11 products, depth 7`. */
export const printTable = ({
  entries,
  tables,
  form,
  centre,
  degree,
  products,
  depth,
}: TableDescription): string => {
  const what = `${tables === 1 ? "table" : `${tables} tables`} of ${count(entries, "entry", "entries")}`
  const shifted =
    centre === null ? "x - c" : centre === 0 ? "x" : `x ${centre < 0 ? "+" : "-"} ${Math.abs(centre)}`
  const how = form === "equality" ? `equality, ${shifted} = 0` : `${form} in ${shifted}`
  return `${what}: ${how}, degree ${degree}, ${count(products, "product", "products")}, depth ${depth}`
}

const count = (size: number, one: string, more: string): string => `${size} ${size === 1 ? one : more}`
