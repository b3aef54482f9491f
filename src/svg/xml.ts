/** Attributes of an element; those that are undefined are left out. */
export type Attributes = Readonly<Record<string, string | number | undefined>>

/** One element around parts that are XML already. Attribute values are escaped, numbers rounded to tenths. */
export const element = (name: string, attributes: Attributes, ...parts: readonly string[]): string => {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${typeof value === "number" ? rounded(value) : escapeXml(value!)}"`)
  return parts.length === 0
    ? `<${name}${written.join("")}/>`
    : `<${name}${written.join("")}>${parts.join("")}</${name}>`
}

/** A coordinate as text. */
export const rounded = (value: number): string => String(Math.round(value * 10) / 10 + 0)

/** Text as XML holds it. What XML cannot hold, and what turns the direction of writing, becomes U+FFFD. */
export const escapeXml = (text: string): string =>
  text
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}]/gu, "\uFFFD")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
