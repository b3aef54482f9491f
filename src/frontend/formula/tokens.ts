/** A word, number or symbol of a formula and where it begins. */
interface Token {
  readonly text: string
  readonly at: number
}

/** A `'` right behind a value transposes it; elsewhere it opens a string. */
const TOKEN =
  /(?<blank>\s+|#.*)|0[xob][\da-f]+|(?:\d+(?:\.(?![*/^])\d*)?|\.\d+)(?:e[+-]?\d+)?|(?<=[\p{L}\p{N}_$)\]}'][ \t]*)'|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[\p{L}_$][\p{L}\p{N}_$]*|\.[*/^]|[=!<>]=|\^\||\?\?|>>>|<<|>>|./giu

/**
 * The places of what a formula consists of. mathjs' tree has none, but its nodes in reading order are the tokens in
 * order: whoever walks the tree so asks for each in turn. What mathjs adds by itself stands nowhere.
 */
export class FormulaTokens {
  readonly #tokens: readonly Token[]
  #next = 0

  constructor(text: string) {
    this.#tokens = [...text.matchAll(TOKEN)]
      .filter(({ groups }) => groups!["blank"] === undefined)
      .map(({ 0: token, index }) => ({ text: token, at: index }))
  }

  /** The text of the next token; empty at the end. */
  get next(): string {
    return this.#tokens[this.#next]?.text ?? ""
  }

  /** The place of the next token. */
  get at(): number {
    return (this.#tokens[this.#next] ?? this.#tokens.at(-1))?.at ?? 0
  }

  /** The place of the next token that is one of `texts`, and goes on behind it. Without one nothing changes. */
  take(...texts: readonly string[]): number {
    return this.#find((text) => texts.includes(text)).at
  }

  /** The next token that is a number or a string, and goes on behind it. */
  takeLiteral(): Token {
    return this.#find((text) => /^[\d."']/.test(text))
  }

  #find(isWanted: (text: string) => boolean): Token {
    for (let i = this.#next; i < this.#tokens.length; i++) {
      if (!isWanted(this.#tokens[i]!.text)) continue
      this.#next = i + 1
      return this.#tokens[i]!
    }
    return { text: "", at: this.at }
  }
}
