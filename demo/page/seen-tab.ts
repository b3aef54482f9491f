import type { Seen } from "../seen.ts"
import { formatBytes, formatTime } from "./amounts.ts"
import { byId, create } from "./element.ts"
import { drawBytes } from "./pictures.ts"

/** Milliseconds between two looks at the server's record while it is shown. */
const INTERVAL = 1500

/** The tab that shows the server's own record. Returns what to call when it is shown or hidden. */
export const createSeenTab = (): ((isShown: boolean) => void) => {
  const list = byId("seen", HTMLOListElement)
  const status = byId("seen-status", HTMLElement)
  let timer: ReturnType<typeof setInterval> | undefined
  let newest = -1

  const look = async (): Promise<void> => {
    try {
      const seen = (await (await fetch("/demo/seen")).json()) as readonly Seen[]
      const id = seen[0]?.id ?? -1
      status.textContent = seen.length === 0 ? "nothing has reached the server yet" : ""
      // What has focus or is read aloud stays where it is while nothing is new.
      if (id !== newest) list.replaceChildren(...seen.map(entry))
      newest = id
    } catch {
      status.textContent = "the server cannot be reached; below is what it saw before"
    }
  }
  return (isShown) => {
    clearInterval(timer)
    if (!isShown) return
    void look()
    timer = setInterval(() => void look(), INTERVAL)
  }
}

const entry = (seen: Seen): HTMLLIElement => {
  const { time, method, path, status, bytesIn, bytesOut, hash, milliseconds, glimpse } = seen
  const item = create("li")
  const facts = create("div", "facts")
  facts.append(
    create("h3", "", titleOf(method, path)),
    create("p", "path", `${method} ${path}`),
    create(
      "p",
      "",
      `${new Date(time).toLocaleTimeString()}, answered ${status} in ${formatTime(milliseconds)}: ` +
        `${formatBytes(bytesIn)} in, ${formatBytes(bytesOut)} out`,
    ),
  )
  item.append(facts)
  if (bytesIn > 0) {
    facts.append(create("p", "hash", `SHA-256 ${hash}`))
    const picture = create("canvas", "glimpse")
    picture.width = picture.height = 64
    picture.role = "img"
    picture.ariaLabel = "Bytes of this request as an image: noise"
    drawBytes(
      picture,
      Uint8Array.from(atob(glimpse), (character) => character.charCodeAt(0)),
    )
    item.append(picture)
  }
  return item
}

const titleOf = (method: string, path: string): string => {
  if (path.startsWith("/v1/keys/"))
    return method === "PUT" ? "Stored evaluation keys" : "Was asked whether it has keys"
  if (path.endsWith("/run")) return "Ran the model on a ciphertext"
  return path === "/v1/models" ? "Told which models there are" : "Handed out the client's part of a model"
}
