/** What a warning is about. */
export const WARNING_CODES = [
  "unused-comparison",
  "unused-range",
  "unused-input",
  "worse-than-chance",
  "search-ended",
  "model",
] as const
export type WarningCode = (typeof WARNING_CODES)[number]

/** A place in the user's source: the name of the file without its folders; texts have lines only. */
export interface Place {
  readonly file?: string
  readonly line: number
  readonly column?: number
}

/**
 * What is likely a mistake and no error: the program is exact all the same. Plain data, whose `String()` is a text for people:
 * where, what, and in a second line what to change.
 */
export interface Warning {
  readonly code: WarningCode
  readonly message: string
  readonly where?: Place
  /** The name of the input that it is about. */
  readonly input?: string
  /** The function of a module that it is about. */
  readonly function?: string
}

/** A warning, frozen. */
export const warning = (parts: Warning): Warning => {
  const { code, message, where, input, function: fn } = parts
  const made = {
    code,
    message,
    ...(where && { where: Object.freeze(where) }),
    ...(input !== undefined && { input }),
    ...(fn !== undefined && { function: fn }),
  }
  // Not enumerable, so that JSON, copies and comparisons see the data alone.
  return Object.freeze(Object.defineProperty(made, "toString", { value: () => printWarning(made) }))
}

const printWarning = ({ message, where, function: fn }: Warning): string => {
  const place = where === undefined ? [] : [printPlace(where)]
  return [...place, ...(fn === undefined ? [] : [`function ${fn}`]), message].join(": ")
}

const printPlace = ({ file, line, column }: Place): string =>
  file === undefined ? `line ${line}` : [file, line, column].filter((part) => part !== undefined).join(":")

/** The place that a location names: "file.ts:12:7", or "line 4" of a text; undefined where nobody knows. */
export const placeFrom = (location: string | undefined): Place | undefined => {
  const [, ofText] = /^line (\d+)$/.exec(location ?? "") ?? []
  if (ofText !== undefined) return { line: Number(ofText) }
  const [, file, line, column] = /^(.+):(\d+):(\d+)$/.exec(location ?? "") ?? []
  return file === undefined ? undefined : { file, line: Number(line), column: Number(column) }
}

const SHOWN = 8

/** Warnings as lines of a text, each below `warning: `; of many the first, and how many more there are. */
export const warningLines = (warnings: readonly Warning[]): string[] => {
  const shown = warnings.length <= SHOWN ? warnings : warnings.slice(0, SHOWN - 1)
  const rest = warnings.length - shown.length
  return [
    ...shown.flatMap((each) => {
      const [first, ...more] = `warning: ${each}`.split("\n")
      return [first!, ...more.map((line) => `  ${line}`)]
    }),
    ...(rest > 0 ? [`… and ${rest} more warnings`] : []),
  ]
}
