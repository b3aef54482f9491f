import { createHash, timingSafeEqual } from "node:crypto"
import { checkArguments, forms, RuntimeError } from "../data/index.ts"

/** The client that a bearer token belongs to; undefined when it belongs to none. Never asked about an empty token. */
export type Authenticate = (token: string) => string | undefined | Promise<string | undefined>

/** The client of a service without tokens. */
export const ANONYMOUS = "anonymous"

/**
 * Reads tokens: lines `NAME TOKEN`, or `NAME sha256:HEX` with the SHA-256 of the token; `#` begins a comment. A name may
 * have several tokens. How long a comparison takes tells nothing of any token. Throws RuntimeError, naming the line and
 * not its token, for lines of another form.
 */
export const readTokens = (text: string, ...surplus: []): Authenticate => {
  checkArguments("readTokens", [text, ...surplus], { text: forms.text }, RuntimeError)
  const entries = text.split(/\r?\n/).flatMap((line, i) => {
    const content = line.replace(/(^|\s)#.*$/, "").trim()
    return content === "" ? [] : [readLine(content, i + 1)]
  })
  if (entries.length === 0)
    throw new RuntimeError("there are no tokens\nwrite NAME TOKEN, one a line", { code: "wrong-argument" })
  return (token) => {
    const digest = sha256(token)
    let found: string | undefined
    // All of them, whichever fits: no early exit.
    for (const entry of entries) if (timingSafeEqual(entry.digest, digest)) found = entry.name
    return found
  }
}

const readLine = (line: string, number: number): { name: string; digest: Buffer } => {
  const [, name, token] = /^([A-Za-z0-9._-]{1,64})\s+([\x21-\x7e]+)$/.exec(line) ?? []
  if (name === undefined || token === undefined) {
    throw new RuntimeError(
      `line ${number} of the tokens is not NAME TOKEN\n` +
        "a name has letters, digits, . _ and -, a token no spaces",
      { code: "wrong-argument" },
    )
  }
  if (!token.startsWith("sha256:")) return { name, digest: sha256(token) }
  const hex = token.slice("sha256:".length)
  if (!/^[0-9a-fA-F]{64}$/.test(hex)) {
    throw new RuntimeError(`line ${number} of the tokens: a SHA-256 has 64 hexadecimal digits`, {
      code: "wrong-argument",
    })
  }
  return { name, digest: Buffer.from(hex, "hex") }
}

const sha256 = (text: string): Buffer => createHash("sha256").update(text).digest()

/** The token of an `Authorization: Bearer TOKEN` header. */
export const bearerToken = (header: string | undefined): string | undefined =>
  /^Bearer ([\x21-\x7e]+)$/i.exec(header ?? "")?.[1]
