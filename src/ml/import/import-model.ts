import {
  checkArguments,
  checkOptions,
  fileTrouble,
  form,
  forms,
  ProgramError,
  printPath,
} from "../../data/index.ts"
import { fail } from "../fail.ts"
import { FloatModel } from "../float-model.ts"
import { type Json, parseJson } from "./json.ts"
import { limited } from "./limits.ts"

export interface ImportOptions {
  /** Whether the first axis of every input of an ONNX model is the batch; true by default. */
  readonly batch?: boolean
}

/**
 * Reads a trained model: ONNX, LightGBM (text or JSON), XGBoost JSON, CatBoost JSON, or the JSON of the scikit-learn
 * exporter. The kind is told by the content. Throws ProgramError for a file that is damaged, too large, or holds what is not supported, with
 * all of that in one message.
 */
export const importModel = async (
  source: string | URL | Uint8Array,
  options: ImportOptions = {},
  ...surplus: []
): Promise<FloatModel> => {
  checkArguments("importModel", [source, options, ...surplus], {
    source: sourceForm,
    options: forms.anything,
  })
  checkOptions<ImportOptions>("importModel", options, { batch: forms.flag })
  const bytes = source instanceof Uint8Array ? source : await readFile(source)
  limited("bytes", bytes.length)
  const name = source instanceof Uint8Array ? "the model" : String(source)
  try {
    return await read(bytes, options)
  } catch (error) {
    if (!(error instanceof ProgramError)) throw error
    throw new ProgramError(`${name}: ${error.message}`, { code: error.code, cause: error })
  }
}

const sourceForm = form(
  "the path of a file or its bytes",
  (value) => typeof value === "string" || value instanceof URL || value instanceof Uint8Array,
)

const readFile = async (path: string | URL): Promise<Uint8Array> => {
  const { open } = await import("node:fs/promises")
  try {
    await using file = await open(path)
    const stat = await file.stat()
    if (!stat.isFile()) fail("file-access", "it is no file")
    limited("bytes", stat.size)
    return await file.readFile()
  } catch (cause) {
    return fail("file-access", `${printPath(path)} cannot be read: ${fileTrouble(cause)}`, { cause })
  }
}

const starts = (bytes: Uint8Array, prefix: ArrayLike<number>): boolean =>
  Array.from(prefix).every((byte, i) => bytes[i] === byte)

const ascii = (text: string): number[] => Array.from(text, (letter) => letter.charCodeAt(0))

const XGBOOST = 'save the model with save_model("model.json")'

const PICKLE =
  "this is a Python pickle, which runs code when it is read\nexport it with lutra's export_sklearn.py, or to ONNX"

/** Files people try that hold a model in a form that is not read, and what to do instead. */
const others: readonly { readonly prefix: readonly number[]; readonly message: string }[] = [
  {
    prefix: ascii("PK"),
    message: "this is a zip file, as torch.save writes\nexport the model with torch.onnx.export",
  },
  ...[2, 3, 4, 5].map((version) => ({ prefix: [0x80, version], message: PICKLE })),
  {
    prefix: [0x89, ...ascii("HDF")],
    message: "this is an HDF5 file, as Keras writes\nexport the model to ONNX",
  },
  {
    prefix: ascii("{L"),
    message: `this is XGBoost's binary format\n${XGBOOST}`,
  },
  { prefix: ascii("binf"), message: `this is XGBoost's old binary format\n${XGBOOST}` },
  {
    prefix: ascii("booster["),
    message: `this is a dump of XGBoost's trees, without its objective\n${XGBOOST}`,
  },
  {
    prefix: ascii("CBM1"),
    message: 'this is CatBoost\'s binary format\nsave the model with save_model("model.json", format="json")',
  },
  { prefix: [0x78, 0x9c], message: PICKLE },
  {
    prefix: ascii("<?xml"),
    message: "this is XML, as PMML is\nsave the model as ONNX or as JSON of its framework",
  },
  { prefix: [0x1f, 0x8b], message: "this is a gzip file\ndecompress it first" },
]

const KINDS =
  "ONNX, LightGBM text or JSON, XGBoost JSON, CatBoost JSON, or JSON written by lutra's export_sklearn.py is needed"

const read = async (bytes: Uint8Array, options: ImportOptions): Promise<FloatModel> => {
  if (bytes.length === 0) return fail("damaged-model", `the file is empty\n${KINDS}`)
  const other = others.find(({ prefix }) => starts(bytes, prefix))
  if (other !== undefined) return fail("unsupported-model", other.message)
  if (starts(bytes, ascii("tree\n")) || starts(bytes, ascii("tree\r\n"))) {
    const { importLightGbmText } = await import("./lightgbm/import-text.ts")
    return new FloatModel(importLightGbmText(decodeText(bytes)), "lightgbm")
  }
  const first = bytes.find((byte) => byte > 0x20)
  // "{" or "["; no ONNX file starts with either.
  if (first === 0x7b || first === 0x5b) return readJson(decodeText(bytes))
  const { importOnnx, NotOnnx } = await import("./onnx/import-onnx.ts")
  try {
    return new FloatModel(importOnnx(bytes, options), "onnx")
  } catch (error) {
    if (!(error instanceof NotOnnx)) throw error
    return fail("damaged-model", `it is no model that can be read (${error.message})\n${KINDS}`, {
      cause: error,
    })
  }
}

const decodeText = (bytes: Uint8Array): string => {
  limited("textBytes", bytes.length)
  return new TextDecoder().decode(bytes)
}

const readJson = async (text: string): Promise<FloatModel> => {
  const json = parseJson(text)
  if (json.has("tree_info")) {
    const { importLightGbmJson } = await import("./lightgbm/import-json.ts")
    return new FloatModel(importLightGbmJson(json), "lightgbm")
  }
  if (json.has("learner")) {
    const { importXgboost } = await import("./xgboost/import-xgboost.ts")
    return new FloatModel(importXgboost(json), "xgboost")
  }
  if (json.has("oblivious_trees") || (json.has("trees") && json.has("features_info"))) {
    const { importCatBoost } = await import("./catboost/import-catboost.ts")
    return new FloatModel(importCatBoost(json), "catboost")
  }
  if (isDump(json))
    return fail("unsupported-model", `this is a dump of XGBoost's trees, without its objective\n${XGBOOST}`)
  const { importSklearn, SKLEARN_FORMAT } = await import("./sklearn/import-sklearn.ts")
  if (json.has("format") && json.get("format").value === SKLEARN_FORMAT)
    return new FloatModel(importSklearn(json), "sklearn")
  return fail("damaged-model", `the JSON holds no model of a known kind\n${KINDS}`)
}

/** Whether it is what `get_dump(dump_format="json")` or `dump_model` of XGBoost gives: a list of trees, or of their texts. */
const isDump = ({ value }: Json): boolean => {
  const first: unknown = Array.isArray(value) ? value[0] : value
  if (typeof first === "string") return /^\s*\{\s*"nodeid"|^0:(\[|leaf=)/.test(first)
  return typeof first === "object" && first !== null && "nodeid" in first
}
