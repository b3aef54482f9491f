/**
 * JSON with exact integers: those that are no exact numbers, and strings of decimal digits, are read as bigint.
 * Throws SyntaxError.
 */
export const parseExactJson = (text: string): unknown => (JSON.parse as Parse)(text, exactly)

// What the number looked like is given as the third argument, which TypeScript's library does not declare yet.
type Parse = (
  text: string,
  reviver: (key: string, value: unknown, context: { source?: string }) => unknown,
) => unknown

const exactly = (_key: string, value: unknown, { source }: { source?: string }): unknown => {
  const digits = typeof value === "number" && !Number.isSafeInteger(value) ? source : value
  return typeof digits === "string" && /^-?\d+$/.test(digits) ? BigInt(digits) : value
}

/** The other way round, on one line: bigint as a string of decimal digits. */
export const printExactJson = (value: unknown): string =>
  JSON.stringify(value, (_key, part: unknown) => (typeof part === "bigint" ? String(part) : part))
