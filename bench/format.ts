/** Rows of cells under a header; numbers are aligned to the right, see `textTable`. */
export interface Table {
  readonly header: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

/** Three significant digits with a unit: 23.4 µs, 0.36 s. */
export const formatMs = (ms: number): string => {
  if (ms < 1) return `${significant(ms * 1000)} µs`
  return ms < 1000 ? `${significant(ms)} ms` : `${significant(ms / 1000)} s`
}

/** Three digits, more only before the decimal point. */
export const significant = (value: number): string => {
  if (value === 0) return "0"
  const digits = Math.floor(Math.log10(Math.abs(value))) + 1
  return value.toFixed(Math.min(3, Math.max(0, 3 - digits)))
}

export const formatRatio = (ratio: number | undefined): string =>
  ratio === undefined ? "" : `${ratio.toFixed(2)}x`

export const formatMegabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`

/** For terminals: two spaces between columns; columns of figures are aligned to the right. */
export const textTable = ({ header, rows }: Table): string => {
  const widths = header.map((name, i) => Math.max(name.length, ...rows.map((row) => row[i]!.length)))
  const isFigures = header.map((_, i) => rows.every((row) => /^([\d.~]|$)/.test(row[i]!)))
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => (isFigures[i] ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)))
      .join("  ")
      .trimEnd()
  return [line(header), ...rows.map(line)].join("\n")
}

export const markdownTable = ({ header, rows }: Table): string => {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`
  return [line(header), line(header.map(() => "---")), ...rows.map(line)].join("\n")
}
