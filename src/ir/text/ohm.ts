import { createRequire } from "node:module"
import { lazily } from "../lazily.ts"

/** The grammar library, loaded on first use: programs that are traced and not read need none. */
export const loadOhm = lazily((): typeof import("ohm-js") => createRequire(import.meta.url)("ohm-js"))
