/** What no message may hold, by what is wrong with it. */
const FORBIDDEN: Readonly<Record<string, RegExp>> = {
  NaN: /\bNaN\b/,
  undefined: /\bundefined\b/,
  "an object without words": /\[object /,
  "a function's text": /=>|\bfunction *\w* *\(|\bnative code\b|\bclass *\w* *\{/,
  "a word for infinity that nobody writes": /\binf\b|\binfinity\b/,
  Infinity: /\bInfinity\b/,
  "what is unknown": /\(unknown\)/,
  "a blank at the end of a line": /[ \t]$/m,
  "an empty line": /^\n|\n$|\n\n/,
  "a name of a class inside": /\b[A-Z][a-z]+(?:Node|Builder|Type|Graph|Reader|Literal)\b/,
  // The places that messages name are those of the calls, which are made in these files.
  "a place inside of Lutra":
    /(?<![\w-])(?!(?:operator-calls|public-calls|texts|damaged|grouped\.test)\.ts:)[\w.-]+\.ts:\d+/,
  "a code of Node": /\bE[A-Z]{5,}\b|\bERR_\w+/,
  "a file of Lutra": /\bsrc\/|node_modules|node:internal|file:\/\//,
  "words of the engine":
    /Cannot read propert|is not a function\b|is not iterable|Cannot convert|Cannot mix BigInt|Invalid array length|Maximum call stack|Reduce of empty|Invalid regular expression|Unexpected token/,
}

const LONGEST_FIRST_LINE = 300

/** What is wrong with the message of an error; nothing for one that a user can read. */
export const complaintsOf = (message: string): string[] => {
  const [first = ""] = message.split("\n")
  return [
    ...Object.entries(FORBIDDEN)
      .filter(([, pattern]) => pattern.test(message))
      .map(([what]) => what),
    ...(first === "" ? ["no first line"] : []),
    ...(first.length > LONGEST_FIRST_LINE ? [`a first line of ${first.length} letters`] : []),
  ]
}
