import { RuntimeError } from "../data/index.ts"

const NOT_FOUND: readonly unknown[] = ["ERR_MODULE_NOT_FOUND", "MODULE_NOT_FOUND"]

/**
 * What `load` imports of the packages of these names, which are installed beside Lutra where they are needed. Throws RuntimeError,
 * with the command that installs them, when one is not there; `what` is what needs them, such as "a queue".
 */
export const loadPackages = async <T>(
  what: string,
  names: readonly string[],
  load: () => Promise<T>,
): Promise<T> => {
  try {
    return await load()
  } catch (cause) {
    if (!NOT_FOUND.includes((cause as { readonly code?: unknown }).code)) throw cause
    const list = names.length === 1 ? `package ${names[0]}` : `packages ${listed(names)}`
    const message = `${what} needs the ${list}, which ${names.length === 1 ? "is" : "are"} not installed`
    throw new RuntimeError(`${message}\nnpm install ${names.join(" ")}`, { code: "platform", cause })
  }
}

const listed = (names: readonly string[]): string => `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`

/** What every server over HTTP needs. */
export const HTTP_PACKAGES = ["fastify", "@fastify/cors", "prom-client"] as const
