/** The codes of ProgramError; docs/errors.md says what to do about each. */
export const PROGRAM_ERROR_CODES = [
  /** An argument or option is missing, of another form, or one too many; or a traced function returns what is no tensor. */
  "wrong-argument",
  /** There is no option of that name. */
  "unknown-option",
  /** There is no input, function, operator or pass of that name. */
  "unknown-name",
  /** Shapes or axes do not fit together. */
  "wrong-shape",
  /** A value may lie where the operation is not defined: an index past the end, a divisor of 0, no entry of a table. */
  "out-of-range",
  /** An exact integer was needed, and the value is real, or a number beyond 2^53. */
  "not-integer",
  /** Values take more bits than are exact, or are too many for a table. */
  "too-wide",
  /** A shape, an axis or a branch of JavaScript would depend on a value that is known only when the program runs. */
  "data-dependent",
  /** A tensor is used outside of the function that was traced with it. */
  "foreign-tensor",
  /** A function that was given, as to map, throws; `cause` is what it throws. */
  "function-failed",
  /** The operation exists, but not for such operands. */
  "unsupported",
  /** Text of a program, circuit, formula or expression is not written as it must be. */
  "syntax",
  /** More products follow one another than any parameters have room for. */
  "too-deep",
  /** No encryption parameters of the asked security fit the program. */
  "no-parameters",
  /** A limit of size is passed: of elements, text, a file, or of evaluation keys (`maxKeyBytes`). */
  "too-large",
  /** A file cannot be read or written; `cause` is what the system says. */
  "file-access",
  /** The file of a model is none, is cut off, or contradicts itself. */
  "damaged-model",
  /** The model holds what is not imported, or cannot be computed on encrypted data. */
  "unsupported-model",
  /** `quantize` needs rows to measure on. */
  "needs-calibration",
  /** No integer model loses as little as `maxLoss` allows. */
  "accuracy",
  /** A row, label or target is none that the model or the trainer takes. */
  "wrong-rows",
] as const

/** What kind of ProgramError it is. */
export type ProgramErrorCode = (typeof PROGRAM_ERROR_CODES)[number]

/** The codes of RuntimeError. Those that the HTTP interface answers are among them. */
export const RUNTIME_ERROR_CODES = [
  /** An argument or option is missing, of another form, or one too many. */
  "wrong-argument",
  /** There is no option of that name. */
  "unknown-option",
  /** There is no input, output, function or model of that name. */
  "unknown-name",
  /** An input or row is missing, has another shape, or holds what is no exact integer. */
  "wrong-input",
  /** A value of an input lies outside its declared range. */
  "out-of-range",
  /** The program cannot do this at all, such as take rows when it was not made of a model. */
  "unsupported",
  /** A message of a run in rounds comes at the wrong time: too early, too late, or twice. */
  "wrong-round",
  /** An encrypted value of a module has been through as many functions as its noise allows. */
  "needs-refresh",
  /** A message is sound, but of another program, another kind, or another version of the format. */
  "foreign-message",
  /** Bytes are cut off, altered, or no message, keys or compiled program at all. */
  "damaged",
  /** A compiled program is sound, but not the one that was expected. */
  "unexpected-program",
  /** A server's program would send an input in the clear, and nobody has allowed that. */
  "exposed-input",
  /** Encryption parameters are not secure, or SEAL does not take them. */
  "refused-parameters",
  /** A reply was made for another secret key, or by another computation, or its noise budget is used up. */
  "undecryptable",
  /** Decryptions have failed with this secret key, so that it is not used any more. */
  "key-discarded",
  /** The client, server or connection was disposed. */
  "disposed",
  /** A file cannot be read or written; `cause` is what the system says. */
  "file-access",
  /** A storage of keys fails: a file, IndexedDB, a folder of the server, S3. */
  "storage",
  /** Something that Lutra needs is not here: Node, Web Workers, WebAssembly, an optional package. */
  "platform",
  /** Nobody answers at an address, or it cannot be listened on. */
  "unreachable",
  /** What answers is no server of Lutra, or sends the client elsewhere. */
  "bad-answer",
  /** A run in rounds was lost on its way; nothing is known of the result. */
  "run-lost",
  /** A token is needed, and was not given or is not known. */
  "unauthorized",
  /** There is nothing at this path of the server. */
  "unknown-path",
  /** The server has no model of that name. */
  "unknown-model",
  /** The server does not have these evaluation keys, or not any more. */
  "unknown-keys",
  /** The request came in too slowly. */
  "slow",
  /** A limit of size is passed: of a message, a batch, or of evaluation keys (`maxKeyBytes`). */
  "too-large",
  /** The server goes by another name. */
  "wrong-host",
  /** The server has more to do than it can. */
  "busy",
  /** The client went away before the reply was there. */
  "gone",
  /** Something failed that is nobody's argument: SEAL, a worker, the server; `cause` or its log has more. */
  "internal",
  /** The server is being stopped. */
  "stopping",
  /** There was no answer in time. */
  "timeout",
  /** A client may not store more keys. */
  "quota",
] as const

/** What kind of RuntimeError it is. */
export type RuntimeErrorCode = (typeof RUNTIME_ERROR_CODES)[number]

/** Whether text is one of the codes, such as one that comes from another thread or machine. */
export const isRuntimeErrorCode = (text: unknown): text is RuntimeErrorCode =>
  (RUNTIME_ERROR_CODES as readonly unknown[]).includes(text)

/** What an error is made with besides its message. */
export interface CodedOptions<Code> extends ErrorOptions {
  readonly code: Code
}

/** A program that cannot be traced, typed, parsed or compiled. The message says what is, what was needed, and what to do. */
export class ProgramError extends Error {
  override readonly name = "ProgramError"
  /** What a caller may decide by; the message is for people. */
  readonly code: ProgramErrorCode

  constructor(message: string, options: CodedOptions<ProgramErrorCode>) {
    super(message, options)
    // Callers in JavaScript may have left it out.
    this.code = options?.code
  }
}

/** A compiled program that cannot be run as asked: a wrong input, foreign or damaged bytes, a failure inside SEAL (`cause`). */
export class RuntimeError extends Error {
  override readonly name = "RuntimeError"
  /** What a caller may decide by; the message is for people. */
  readonly code: RuntimeErrorCode

  constructor(message: string, options: CodedOptions<RuntimeErrorCode>) {
    super(message, options)
    this.code = options?.code
  }
}
