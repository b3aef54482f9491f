import { type Node, nodesOf, type Program } from "../../ir/index.ts"
import { countSpread } from "./spread-powers.ts"
import { reachable, type TableNode, TablePolynomials } from "./table-polynomials.ts"
import type { TableStrategy } from "./table-schedule.ts"

/** How a table is computed, for people. */
export interface TableDescription {
  /** The values that the operand can take. */
  readonly entries: number
  /** How many tables the elements of one vector are looked up in. */
  readonly tables: number
  readonly form: "polynomial" | "even" | "odd" | "equality" | "spread"
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

/** Tables of a program that are computed alike. */
export interface TableGroup extends TableDescription {
  /** The table nodes of the program that this describes. */
  readonly nodes: number
}

/** The tables of a program, in its order, as `lower` computes them mod t. */
export const describeTables = (
  program: Program,
  t: bigint,
  strategy: TableStrategy = "shallow",
  spread: ReadonlySet<Node> = new Set(),
  polynomials: TablePolynomials = new TablePolynomials(),
): (TableDescription & { readonly node: TableNode })[] =>
  nodesOf(program).flatMap((node) => {
    if (node.op !== "table" || !node.type.secret) return []
    if (spread.has(node)) return describeSpread(node, polynomials.interpolated(node, t))
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

const describeSpread = (
  node: TableNode,
  polynomials: readonly (readonly bigint[])[],
): TableDescription & { readonly node: TableNode } => {
  const terms = polynomials.reduce((most, { length }) => Math.max(most, length), 1)
  const { products, relinearizations, depth } = countSpread(terms)
  return {
    node,
    entries: reachable(node)[0]!.entries.length,
    tables: polynomials.length,
    form: "spread",
    centre: 0,
    degree: BigInt(terms - 1),
    baby: 1,
    products,
    relinearizations,
    depth,
  }
}

/** The same with equal ones together, the most expensive first. */
export const groupTables = (descriptions: readonly TableDescription[]): TableGroup[] => {
  const groups = new Map<string, TableGroup>()
  for (const {
    entries,
    tables,
    form,
    centre,
    degree,
    baby,
    products,
    relinearizations,
    depth,
  } of descriptions) {
    const fields = { entries, tables, form, centre, degree, baby, products, relinearizations, depth }
    const key = Object.values(fields).join()
    groups.set(key, { nodes: (groups.get(key)?.nodes ?? 0) + 1, ...fields })
  }
  return [...groups.values()].sort((a, b) => b.nodes * b.products - a.nodes * a.products)
}

/** Such as `table of 64 entries: odd polynomial in x - 31.5, degree 63, 13 products, 11 relinearizations, depth 7`. */
export const printTable = (table: TableDescription): string => {
  const { entries, tables, products, relinearizations, depth } = table
  const what = `${tables === 1 ? "table" : `${tables} tables by element`} of ${count(entries, "entry", "entries")}`
  const cost = [count(products, "product"), count(relinearizations, "relinearization"), `depth ${depth}`]
  return `${what}: ${[printForm(table), ...(products === 0 ? ["no product"] : cost)].join(", ")}`
}

const printForm = ({ entries, form, centre, degree }: TableDescription): string => {
  const shifted =
    centre === null ? "x - c" : centre === 0 ? "x" : `x ${centre < 0 ? "+" : "-"} ${Math.abs(centre)}`
  if (form === "equality") return `equality as power ${degree} of ${shifted} (Fermat)`
  if (form === "spread") return `powers of x in copies of it, degree ${degree}`
  if (degree === 0n) return "a constant"
  if (degree === 1n) return "a line"
  if (form !== "polynomial") return `${form} polynomial in ${shifted}, degree ${degree}`
  return degree + 1n < BigInt(entries)
    ? `polynomial of low degree ${degree} in ${shifted}`
    : `polynomial in ${shifted}, degree ${degree}`
}

const count = (size: number, one: string, more = `${one}s`): string => `${size} ${size === 1 ? one : more}`
