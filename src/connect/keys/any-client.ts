import { Client } from "../../runtime/client/client.ts"
import { ModuleClient } from "../../runtime/module/module-client.ts"
import type { CreateClient, HolderOptions } from "./key-holder.ts"

/** Makes the client of a program or of a module. */
export const clientOf =
  (spec: HolderOptions["spec"]): CreateClient =>
  (options) =>
    "functions" in spec ? ModuleClient.create(spec, options) : Client.create(spec, options)
