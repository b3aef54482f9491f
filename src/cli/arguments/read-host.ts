import { refuse } from "../refuse.ts"

/** Reads where to listen: a name or an address, and neither a URL nor a port. */
export const readHost = (text: string): string => {
  if (/^[A-Za-z0-9]([\w.-]*\w)?$|^[0-9a-f:.]*:[0-9a-f:.]*(%\w+)?$/i.test(text) && !/^[^:]+:\d*$/.test(text))
    return text
  const [, host, port] = /^(?:\w+:\/\/)?([\w.-]+|\[[0-9a-f:.]+\])(?::(\d+))?\/?$/i.exec(text) ?? []
  const meant = host && `--host ${host.replace(/[[\]]/g, "")}${port === undefined ? "" : ` --port ${port}`}`
  return refuse(
    `--host is ${text}; it is a name or an address to listen on, such as 127.0.0.1${meant ? `; did you mean ${meant}?` : ""}`,
  )
}
