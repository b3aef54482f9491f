/** The elements of a text that is well-formed XML, as far as a program's own output goes: no comments, no DTD. Throws Error. */
export const elementsOf = (
  text: string,
): { readonly name: string; readonly attributes: Record<string, string>; readonly text: string }[] => {
  const found: { name: string; attributes: Record<string, string>; text: string }[] = []
  const open: { name: string; attributes: Record<string, string>; text: string }[] = []
  let rest = text.trim()
  let roots = 0
  while (rest !== "") {
    const data = /^[^<]+/.exec(rest)
    if (data !== null) {
      const content = decoded(data[0])
      for (const element of open) element.text += content
      if (open.length === 0 && content.trim() !== "") throw new Error(`text outside the root: ${content}`)
      rest = rest.slice(data[0].length)
      continue
    }
    const tag = /^<(\/?)([a-zA-Z][\w-]*)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>/.exec(rest)
    if (tag === null) throw new Error(`no tag: ${rest.slice(0, 60)}`)
    const [whole, closing, name, given, empty] = tag as unknown as [string, string, string, string, string]
    if (closing === "/") {
      if (open.pop()?.name !== name) throw new Error(`</${name}> closes another element`)
    } else {
      if (open.length === 0 && ++roots > 1) throw new Error("more than one root")
      const pairs = [...given.matchAll(/([\w:-]+)="([^"]*)"/g)].map(
        ([, key, value]) => [key!, decoded(value!)] as const,
      )
      if (new Set(pairs.map(([key]) => key)).size < pairs.length)
        throw new Error(`an attribute twice: ${whole}`)
      const element = { name, attributes: Object.fromEntries(pairs), text: "" }
      found.push(element)
      if (empty === "") open.push(element)
    }
    rest = rest.slice(whole.length)
  }
  if (open.length > 0) throw new Error(`<${open.at(-1)!.name}> is not closed`)
  return found
}

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"' }

const decoded = (text: string): string => {
  if (/\p{Cs}|[\ufffe\uffff]/u.test(text) || /\p{Cc}/u.test(text.replace(/[\t\n\r]/g, ""))) {
    throw new Error("not an XML character")
  }
  return text.replace(/&(\w*)(;?)/g, (whole, name: string, end: string) => {
    if (end === "" || !Object.hasOwn(ENTITIES, name)) throw new Error(`no entity: ${whole}`)
    return ENTITIES[name]!
  })
}
