import { isRuntimeErrorCode, RuntimeError, type RuntimeErrorCode } from "../data/errors.ts"

/** What a server answered instead of a result: its status and the code of docs/http-api.md. The `cause` of a RuntimeError. */
export interface Refusal {
  readonly status: number
  readonly code: string
}

/** What the server answered, when that is why; undefined for every other error, such as a server that cannot be reached. */
export const refusalOf = (error: unknown): Refusal | undefined => {
  const cause = error instanceof RuntimeError ? (error.cause as Partial<Refusal> | undefined) : undefined
  return typeof cause?.status === "number" && typeof cause.code === "string" ? (cause as Refusal) : undefined
}

/** The error for an answer that is none of those asked for. */
export const readRefusal = async (response: Response, what: string): Promise<RuntimeError> => {
  const text = await response.text().catch(() => "")
  let code = "unknown"
  let message = text.slice(0, 200).trim() || response.statusText
  try {
    const { error } = JSON.parse(text) as { error?: { code?: unknown; message?: unknown } }
    code = String(error?.code ?? code)
    message = String(error?.message ?? message)
  } catch {
    // Not from `lutra serve`: a proxy, or another server at this address.
  }
  const refusal: Refusal = { status: response.status, code }
  const remedy = REMEDIES[code]
  return new RuntimeError(
    `${what} was refused with ${response.status} ${code}: ${message}${remedy === undefined ? "" : `\n${remedy}`}`,
    { code: isRuntimeErrorCode(code) ? code : codeOfStatus(response.status), cause: refusal },
  )
}

/** Of an answer without a code that is known, as proxies give, or a server of another release. */
const codeOfStatus = (status: number): RuntimeErrorCode => STATUS_CODES[status] ?? "bad-answer"

const STATUS_CODES: Readonly<Record<number, RuntimeErrorCode>> = {
  401: "unauthorized",
  408: "slow",
  413: "too-large",
  429: "busy",
  500: "internal",
  502: "unreachable",
  503: "busy",
  504: "timeout",
}

const REMEDIES: Readonly<Record<string, string>> = {
  unauthorized: "give connect the right `token`",
  busy: "try again later, or give connect more `patience`",
}
