import { checkArity } from "../data/checks/arguments.ts"
import { checkOptions } from "../data/checks/options.ts"
import { RuntimeError } from "../data/errors.ts"
import { checkModuleClear } from "../runtime/messages/check-clear.ts"
import { ModuleClient } from "../runtime/module/module-client.ts"
import { readModuleSpec } from "../runtime/spec/module-spec-bytes.ts"
import { type ConnectOptions, download, optionForms, uploaded } from "./connect.ts"
import { openHolder } from "./keys/key-holder.ts"
import { openWorkerHolder } from "./keys/worker-holder.ts"
import { ModuleConnection } from "./module-connection.ts"
import { inStep } from "./progress.ts"

/**
 * `connect` for a module that `lutra serve` offers. `clear` names inputs with their functions, as "put.key". Throws RuntimeError
 * as `connect` does.
 */
export const connectModule = async (
  url: string | URL,
  options: ConnectOptions = {},
  ...surplus: []
): Promise<ModuleConnection> => {
  checkArity("connectModule", [url, options, ...surplus], 2, RuntimeError)
  checkOptions("connectModule", options, optionForms, RuntimeError)
  const { workerUrl, signal, onProgress } = options
  const kind = { read: readModuleSpec, checkClear: checkModuleClear }
  const { spec, model, http, holding } = await download(url, options, kind)
  const holder = await inStep(onProgress, "keys", () =>
    options.worker === true
      ? openWorkerHolder({ ...holding, ...(workerUrl !== undefined && { workerUrl }) })
      : openHolder(holding, (given) => ModuleClient.create(spec, given)),
  )
  return uploaded(new ModuleConnection({ spec, model, http, holder, onProgress }), signal)
}
