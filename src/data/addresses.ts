/** A kind of address: what it looks like, and what a wrong one may have been meant for. */
interface AddressKind {
  readonly needed: string
  readonly accepts: (text: string) => boolean
  readonly guesses: (text: string) => readonly string[]
}

const kinds = {
  /** A Redis. */
  queue: {
    needed: "redis://HOST:PORT, or rediss://HOST:PORT with TLS",
    accepts: (text) => isUrl(text, ["redis:", "rediss:"]),
    guesses: (text) => {
      const place = text.replace(/^[a-z]*:?\/+/i, "")
      return [`redis://${place}`, `redis://${place.replace(/:\d*(?=\/|$)/, ":6379")}`]
    },
  },
  /** Of a page, as browsers send it: without a path, and without the port that is usual. */
  origin: {
    needed: "https://HOST or https://HOST:PORT, without a path",
    accepts: (text) => text === "*" || isOrigin(text),
    guesses: (text) => {
      const host = text.replace(/^\w*:?\/\//, "")
      const scheme = /^(localhost|127\.|\[)/.test(host) ? "http" : "https"
      return [originOf(text), originOf(`${scheme}://${host}`)]
    },
  },
  /** Of an S3-compatible service. */
  endpoint: {
    needed: "https://HOST or http://HOST:PORT of an S3 service",
    accepts: (text) => isUrl(text, ["https:", "http:"]) && !/[?#@]/.test(text),
    guesses: (text) => [
      text.replace(/[?#].*$/, ""),
      `https://${text.replace(/^\w*:?\/\//, "").replace(/[?#].*$/, "")}`,
    ],
  },
  /** A place in a bucket. */
  bucket: {
    needed: "s3://BUCKET or s3://BUCKET/FOLDER",
    accepts: (text) => /^s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](\/.*)?$/.test(text),
    guesses: (text) => {
      const place = text.replace(/^s3:?\/+/i, "")
      return [`s3://${place}`, `s3://${place.replace(/^[^/]*/, (bucket) => bucket.toLowerCase())}`]
    },
  },
} satisfies Readonly<Record<string, AddressKind>>

export type AddressName = keyof typeof kinds

/**
 * Why a text is no address of a kind, to follow its name: ` is localhost:6379, not redis://HOST:PORT…; did you mean …?`.
 * undefined when it is one. A password in it is not shown.
 */
export const addressTrouble = (kind: AddressName, text: string): string | undefined => {
  const { needed, accepts, guesses }: AddressKind = kinds[kind]
  if (accepts(text)) return undefined
  const meant = isGuessable(text) ? guesses(text).find(accepts) : undefined
  return `is ${shown(text)}; it is ${needed}${meant === undefined ? "" : `; did you mean ${shown(meant)}?`}`
}

/** Words that no address begins from are left without a guess. */
const isGuessable = (text: string): boolean =>
  /^[\w.:/[\]@*-]+(\?|#|$)/.test(text) && !/^(null|true|false)$/.test(text)

/** Without what may be a name and a password. */
const shown = (text: string): string => text.replace(/^(\w*:?\/*).*@/, "$1…@").slice(0, 200)

const isUrl = (text: string, protocols: readonly string[]): boolean => {
  if (!URL.canParse(text)) return false
  const { protocol, hostname } = new URL(text)
  return protocols.includes(protocol) && hostname !== ""
}

/** Pages of browsers, and those of apps and extensions, whose schemes are their own. */
const isOrigin = (text: string): boolean => {
  if (/^https?:/i.test(text)) return URL.canParse(text) && new URL(text).origin === text
  return /^(?!(?:file|ftp|wss?):)[a-z][a-z0-9+.-]*:\/\/[a-z0-9._-]+(:\d+)?$/.test(text)
}

/** Empty where there is none. */
const originOf = (text: string): string => {
  if (!URL.canParse(text)) return ""
  const { origin } = new URL(text.replace(/^ws/i, "http"))
  return origin === "null" ? "" : origin
}
