import { readFileSync } from "node:fs"
import { join } from "node:path"
import { deflateRawSync, inflateRawSync } from "node:zlib"
import { decode, encode } from "cborg"
import type { Parameters } from "../../src/backend/index.ts"
import { readModuleSpec, readSpec } from "../../src/client.ts"
import { ProgramError, RuntimeError, sizeOf } from "../../src/data/index.ts"
import {
  compile,
  compileModule,
  define,
  enc,
  int,
  loadBytes,
  loadModuleBytes,
  range,
  uint,
} from "../../src/index.ts"
import { importModel } from "../../src/ml/index.ts"
import { MOST_FAILURES } from "../../src/runtime/client/key-failures.ts"
import {
  Client,
  encodeSpec,
  messageSizes,
  moduleFrames,
  type ProgramSpec,
  packCall,
  SealContext,
  Server,
  unpackCall,
} from "../../src/runtime/index.ts"
import { packMessage, unpackMessage } from "../../src/runtime/messages/envelope.ts"
import { allEvaluationKeyRules } from "../../src/runtime/messages/round-messages.ts"
import { packArtefactFile, unpackArtefactFile } from "../../src/runtime/spec/artefact-file.ts"
import { circuitOf, DOUBLE, SCALED, SMALL, sixteen, specOf } from "../runtime/support.ts"
import {
  mutateBytes,
  mutateMessage,
  mutateText,
  mutateTree,
  partsOf,
  type Random,
  withChecksum,
} from "./mutations.ts"

/** Something that reads bytes of strangers, and bytes that it might be given. */
export interface Loader {
  readonly name: string
  /** How often it is asked, beside the others. */
  readonly weight: number
  /** Bytes that somebody may send. */
  mutated(random: Random): Uint8Array
  /** Reads them. Throws a RuntimeError or ProgramError, and a WrongAcceptance for bytes that it should have refused. */
  load(bytes: Uint8Array): Promise<void> | void
}

/** Bytes were accepted that mean nothing, or that SEAL should never have seen. */
export class WrongAcceptance extends Error {}

const check = (holds: boolean, what: string): void => {
  if (!holds) throw new WrongAcceptance(what)
}

export interface Loaders extends Disposable {
  readonly loaders: readonly Loader[]
  /** How many objects SEAL was given to read. */
  readonly sealReads: () => number
}

/** What is asked of a client whose key is restored when altered replies have made it fail too often. */
const tireless = <C extends { readonly failures: number; dispose(): void }>(
  first: C,
  restored: () => Promise<C>,
) => {
  let current = first
  return async <T>(use: (client: C) => T): Promise<T> => {
    if (current.failures >= MOST_FAILURES) {
      if (current !== first) current.dispose()
      current = await restored()
    }
    return use(current)
  }
}

/** Uses every kind of key. */
const KEYED = circuitOf([
  { op: "input", name: "x", piece: 0 },
  { op: "multiply", a: 0, b: 0 },
  { op: "relinearize", a: 1 },
  { op: "rotate", a: 2, steps: 256 },
])

const x = sixteen((i) => i - 5)

export const makeLoaders = async (modelFolder: string): Promise<Loaders> => {
  using stack = new DisposableStack()
  let reads = 0
  const contextOf = async (parameters: Parameters): Promise<SealContext> => {
    const context = stack.use(await SealContext.create(parameters))
    const read = context.loadCiphertext.bind(context)
    const own = new Map<number, Uint8Array>()
    // What SEAL is given is what it saved itself, but for coefficients below their primes, seeds and correction factors.
    context.loadCiphertext = (bytes, scope) => {
      reads++
      const reference = own.get(bytes.length) ?? bytes
      own.set(bytes.length, reference)
      checkCiphertext(bytes, reference, context)
      return read(bytes, scope)
    }
    const call = context.call.bind(context)
    context.call = (doing, step) => {
      if (/^read (a secret|the)/.test(doing)) reads++
      return call(doing, step)
    }
    return context
  }

  const context = await contextOf(SMALL)
  const keyed = specOf(KEYED)
  const keyedClient = stack.use(await Client.create(keyed, { context }))
  const evaluationKeys = keyedClient.evaluationKeys()
  const client = stack.use(await Client.create(specOf(DOUBLE), { context }))
  const server = stack.use(await Server.create(specOf(DOUBLE), DOUBLE, client.evaluationKeys(), { context }))
  const request = client.encrypt({ x })
  const batch = client.encryptBatch(Array.from({ length: 300 }, () => ({ x })))
  const reply = await server.run(request)
  const batchReply = await server.run(batch)
  const secretKey = client.secretKey()
  const restoring = (spec: ProgramSpec, client: Client, context: SealContext) => {
    const keys = client.secretKey()
    return tireless(client, () => Client.create(spec, { context, keys }))
  }
  const replied = restoring(specOf(DOUBLE), client, context)

  const scaledSpec = specOf(SCALED.circuit)
  const scaledClient = stack.use(await Client.create(scaledSpec, { context }))
  const scaledServer = stack.use(
    await Server.create(scaledSpec, SCALED.circuit, scaledClient.evaluationKeys(), { context }),
  )
  const scaledRequest = scaledClient.encryptBatch(SCALED.samples(3))
  const scaledReply = await scaledServer.run(scaledRequest)
  const scaledReplied = restoring(scaledSpec, scaledClient, context)

  const bgv = await contextOf({ ...SMALL, scheme: "bgv" })
  const bgvSpec = specOf(DOUBLE, bgv.parameters)
  const bgvClient = stack.use(await Client.create(bgvSpec, { context: bgv }))
  const bgvServer = stack.use(
    await Server.create(bgvSpec, DOUBLE, bgvClient.evaluationKeys(), { context: bgv }),
  )
  const bgvReply = await bgvServer.run(bgvClient.encrypt({ x }))
  const bgvReplied = restoring(bgvSpec, bgvClient, bgv)

  const rounds = compile({ x: enc(uint(1), [4]) }, ({ x }) => x.mul(x).refresh().sum())
  const roundContext = await contextOf(rounds.parameters)
  const roundClient = stack.use(await rounds.client({ context: roundContext }))
  const roundServer = stack.use(await rounds.server(roundClient.evaluationKeys(), { context: roundContext }))
  const nextRound = async () =>
    roundClient.refresh(await roundServer.run(roundClient.encrypt({ x: [1, 0, 1, 1] })))
  let waiting = await nextRound()

  const three = { x: enc(range(0, 2)) }
  const module = compileModule({
    inc: define(three, ({ x }) => x.add(1)),
    dec: define(three, ({ x }) => x.sub(1)),
  })
  const moduleContext = await contextOf(module.parameters)
  const moduleClient = stack.use(await module.client({ context: moduleContext }))
  const moduleServer = stack.use(
    await module.server(moduleClient.evaluationKeys(), { context: moduleContext }),
  )
  const moduleRequest = moduleClient.encrypt("inc", { x: 1 })
  const moduleReply = await moduleServer.run("inc", moduleRequest)
  const moduleKeys = moduleClient.secretKey()
  const moduleReplied = tireless(moduleClient, () =>
    module.client({ context: moduleContext, keys: moduleKeys }),
  )

  const all = [
    evaluationKeys,
    secretKey,
    request,
    batch,
    reply,
    batchReply,
    scaledRequest,
    scaledReply,
    bgvReply,
    waiting,
    moduleRequest,
    moduleReply,
  ]
  const inRange = (values: unknown): boolean =>
    (Array.isArray(values) ? values : [values])
      .flat(3)
      .every((value) => typeof value === "number" && Math.abs(value) <= 20_000)

  const messages = (
    name: string,
    weight: number,
    valid: () => readonly Uint8Array[],
    load: (bytes: Uint8Array) => Promise<unknown> | unknown,
  ): Loader => ({
    name,
    weight,
    mutated: (random) => mutateMessage(random, random.pick(valid()), all),
    load: async (bytes) => {
      const result = await load(bytes)
      checkFrame(bytes, valid())
      if (result instanceof Uint8Array) checkFrame(result, [...all, result])
      else if (result !== undefined) check(inRange(result), `results out of range: ${JSON.stringify(result)}`)
    },
  })

  const loaders: Loader[] = [
    messages(
      "evaluation keys",
      4,
      () => [evaluationKeys],
      async (bytes) => {
        using _ = await Server.create(keyed, KEYED, bytes, { context })
        const rules = allEvaluationKeyRules(keyed, [context.levelIds])
        const again = packMessage(rules, unpackMessage(bytes, rules))
        check(Buffer.compare(again, bytes) === 0, "keys are written in two ways")
      },
    ),
    messages(
      "secret key",
      5,
      () => [secretKey],
      async (bytes) => {
        using restored = await Client.create(specOf(DOUBLE), { context, keys: bytes })
        check(Buffer.compare(restored.secretKey(), bytes) === 0, "a secret key is written in two ways")
      },
    ),
    messages(
      "request",
      30,
      () => [request, batch],
      (bytes) => server.run(bytes),
    ),
    messages(
      "reply",
      30,
      () => [reply, batchReply],
      (bytes) => replied((client) => client.decrypt(bytes)),
    ),
    messages(
      "request with clear values",
      20,
      () => [scaledRequest],
      (bytes) => scaledServer.run(bytes),
    ),
    {
      name: "clear values",
      weight: 6,
      mutated: (random) => mutateClear(random, random.pick([scaledRequest, scaledReply])),
      load: async (bytes) => {
        const isReply = bytes[6] === scaledReply[6]
        const read = isReply ? bytes : await scaledServer.run(bytes)
        const results = await scaledReplied((client) => client.decryptBatch(read))
        check(inRange(results.map((result) => Object.values(result as object))), "range")
      },
    },
    messages(
      "reply with clear values",
      15,
      () => [scaledReply],
      async (bytes) =>
        Object.values(await scaledReplied((client) => client.decrypt(bytes) as object)).flatMap((each) =>
          Object.values(each),
        ),
    ),
    messages(
      "reply in BGV",
      20,
      () => [bgvReply],
      (bytes) => bgvReplied((client) => client.decrypt(bytes)),
    ),
    messages(
      "request of a later round",
      3,
      () => [waiting],
      async (bytes) => {
        const answer = await roundServer.run(bytes)
        waiting = await nextRound()
        return answer
      },
    ),
    messages(
      "request of a module",
      8,
      () => [moduleRequest, moduleReply],
      (bytes) => moduleServer.run("inc", bytes),
    ),
    messages(
      "reply of a module",
      12,
      () => [moduleReply],
      (bytes) => moduleReplied((client) => client.decrypt(bytes)),
    ),
    {
      name: "call of a module",
      weight: 8,
      mutated: (random) => {
        const call = packCall({ name: "inc", request: { x: random.pick([moduleRequest, moduleReply]) } })
        if (random.once(3)) return mutateBytes(random, call, all)
        const tree = decode(call) as { messages: Uint8Array[] }
        const messages = tree.messages.map((message) => mutateMessage(random, message, all))
        if (random.once(2)) return encode({ ...tree, messages })
        const { messages: _, ...rest } = tree
        return encode({ ...(mutateTree(random, rest) as object), messages: tree.messages })
      },
      load: async (bytes) => {
        moduleFrames(module.spec, 64).checkRequest(bytes)
        const { name, request } = unpackCall(bytes)
        const answer = await moduleServer.run(name, request)
        checkFrame(answer, [moduleReply, answer])
      },
    },
    ...artefactLoaders(),
    modelLoader(modelFolder),
  ]
  const kept = stack.move()
  return { loaders, sealReads: () => reads, [Symbol.dispose]: () => kept[Symbol.dispose]() }
}

/** Everything of a message but the content of its parts is as in a valid one, and the checksum fits. */
const checkFrame = (bytes: Uint8Array, valid: readonly Uint8Array[]): void => {
  const fits = valid.some((reference) => {
    const sizes = partsOf(reference).map(({ length }) => length)
    const own = partsOf(bytes)
    if (own.length !== sizes.length) return false
    // Clear values come last and may be shorter or longer.
    const differing = own.findIndex(({ length }, i) => length !== sizes[i])
    const whole = own.reduce((sum, { length }) => sum + length, 48 + 4 * own.length + 16)
    return (
      (differing < 0 || differing === own.length - 1) &&
      whole === bytes.length &&
      Buffer.compare(bytes.subarray(0, 7), reference.subarray(0, 7)) === 0 &&
      bytes[7]! <= 1 &&
      Buffer.compare(bytes.subarray(8, 40), reference.subarray(8, 40)) === 0
    )
  })
  check(fits, "a message was accepted that is framed as no valid one is")
  check(Buffer.compare(withChecksum(Uint8Array.from(bytes)), bytes) === 0, "a wrong checksum was accepted")
}

const COEFFICIENTS_AT = 113
const CORRECTION_AT = 81

const checkCiphertext = (
  bytes: Uint8Array,
  reference: Uint8Array,
  { parameters, levelIds }: SealContext,
): void => {
  const { n, scheme } = parameters
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const primes = Number(view.getBigUint64(65, true))
  const isSeeded = bytes.length === 194 + 8 * n * primes
  check(isSeeded || bytes.length === 113 + 16 * n * primes, "SEAL is given a ciphertext of a wrong size")
  const end = COEFFICIENTS_AT + 8 * n * primes * (isSeeded ? 1 : 2)
  for (let at = 0; at < bytes.length; at++) {
    if (at === COEFFICIENTS_AT) at = end
    if (at >= bytes.length - 64 && isSeeded) break
    if (at >= CORRECTION_AT && at < CORRECTION_AT + 8 && scheme === "bgv" && !isSeeded) continue
    if (bytes[at] !== reference[at]) check(false, `SEAL is given byte ${at} as ${bytes[at]}`)
  }
  const correction = view.getBigUint64(CORRECTION_AT, true)
  check(correction >= 1n && correction < parameters.t, `SEAL is given the correction factor ${correction}`)
  const sampled = [0, 1, n - 1]
  for (let p = 0; p < (isSeeded ? 1 : 2) * primes; p++) {
    for (const i of sampled) {
      const coefficient = view.getBigUint64(COEFFICIENTS_AT + 8 * (p * n + i), true)
      check(coefficient < levelIds.primes[p % primes]!, `SEAL is given the coefficient ${coefficient}`)
    }
  }
}

/** The last part is JSON; it is changed as text or as a tree, and fits otherwise. */
const mutateClear = (random: Random, message: Uint8Array): Uint8Array => {
  const last = partsOf(message).at(-1)!
  const text = new TextDecoder().decode(last)
  const changed = random.once(3)
    ? mutateText(random, text)
    : JSON.stringify(mutateTree(random, JSON.parse(text)), plain)
  const bytes = new TextEncoder().encode(changed)
  const head = Uint8Array.from(message.subarray(0, message.length - 16 - last.length))
  const count = new DataView(head.buffer).getUint32(44, true)
  new DataView(head.buffer).setUint32(48 + 4 * (count - 1), bytes.length, true)
  return withChecksum(new Uint8Array(Buffer.concat([head, bytes, new Uint8Array(16)])))
}

const plain = (_: string, value: unknown): unknown => (typeof value === "bigint" ? String(value) : value)

/** What somebody makes of compiled files. */
const mutatedFiles = (files: readonly Uint8Array[]): ((random: Random) => Uint8Array) => {
  const parts = files.map((bytes) => {
    const { client, server } = unpackArtefactFile(bytes)
    return { client: decode(client), server: decode(inflateRawSync(server!)) as Record<string, unknown> }
  })
  const bombs = [
    new Uint8Array(200_000).fill(0x81),
    Uint8Array.of(0x9b, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff),
    Uint8Array.of(0xbb, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff),
    Uint8Array.of(0x5b, 0, 0, 0, 0x7f, 0xff, 0xff, 0xff, 0xff),
    Uint8Array.of(0x9f, 0x9f, 0x9f),
    Uint8Array.of(0xc2, 0x5a, 0xff, 0xff, 0xff, 0xff),
  ]
  const zeros = deflateRawSync(new Uint8Array(2 ** 26))
  return (random) => {
    const i = random.below(files.length)
    const bytes = files[i]!
    const { client, server } = unpackArtefactFile(bytes)
    const { client: tree, server: program } = parts[i]!
    switch (random.below(8)) {
      case 0: {
        const changed = mutateBytes(random, bytes, files)
        return random.once(2) ? withChecksum(changed) : changed
      }
      case 1:
        return packArtefactFile({ client: mutateBytes(random, client, [server!]), server })
      case 2:
        return packArtefactFile({ client, server: mutateBytes(random, server!, [client]) })
      case 3:
      case 4:
        return packArtefactFile({ client: encode(mutateTree(random, tree)), server })
      case 5: {
        const changed = encode(mutateTree(random, program))
        return packArtefactFile({ client, server: deflateRawSync(changed, { level: 1 }) })
      }
      case 6: {
        const name = random.pick(["traced", "optimized"])
        const { functions } = program
        // Of a module the texts stand with the functions.
        const changed = Array.isArray(functions)
          ? {
              ...program,
              functions: functions.map((one) => ({ ...one, [name]: mutateText(random, one[name]) })),
            }
          : { ...program, [name]: mutateText(random, String(program[name])) }
        return packArtefactFile({ client, server: deflateRawSync(encode(changed), { level: 1 }) })
      }
      default: {
        const bomb = random.pick(bombs)
        if (random.once(2)) return packArtefactFile({ client: bomb, server })
        const packed = random.once(10) ? zeros : deflateRawSync(bomb)
        return packArtefactFile({ client, server: packed })
      }
    }
  }
}

const artefactLoaders = (): Loader[] => {
  const table = Array.from({ length: 16 }, (_, i) => (7 * i + 3) % 16)
  const mutated = mutatedFiles(
    [
      compile({ x: enc(uint(3), [6]) }, ({ x }) => x.matmul([1, 2, 3, 4, 5, 6].map((w) => [w, -w])).relu()),
      compile({ x: enc(uint(4)) }, ({ x }) => x.lookup(table)),
      compile({ x: enc(uint(4)) }, ({ x }) => x.lookup(table).refresh().square(), { encodeInputs: false }),
    ].map((compiled) => compiled.toBytes()),
  )
  const wide = { total: enc(int(63)), by: enc(int(40)) }
  const mutatedModule = mutatedFiles(
    [
      compileModule({
        f: define({ x: enc(range(0, 3)) }, ({ x }) => x.mul(x).mod(4).refresh().add(1).mod(4)),
      }),
      compileModule({
        g: define(wide, ({ total, by }) => total.add(by).assume(-(2n ** 62n), 2n ** 62n - 1n)),
      }),
    ].map((module) => module.toBytes()),
  )
  return [
    {
      name: "compiled program",
      weight: 1,
      mutated,
      load: (bytes) => {
        const loaded = loadBytes(bytes)
        checkSizes(loaded.spec)
        const [own, given] = [loaded.toBytes(), bytes].map((file) => unpackArtefactFile(file).client)
        check(Buffer.compare(own!, given!) === 0, "a program has another specification than its file")
      },
    },
    {
      name: "compiled module",
      weight: 1,
      mutated: mutatedModule,
      load: (bytes) => {
        const [own, given] = [loadModuleBytes(bytes).toBytes(), bytes].map(
          (file) => unpackArtefactFile(file).client,
        )
        check(Buffer.compare(own!, given!) === 0, "a module has another specification than its file")
      },
    },
    {
      name: "client's part of a module",
      weight: 5,
      mutated: mutatedModule,
      load: (bytes) => {
        const spec = readModuleSpec(bytes)
        check(
          Buffer.compare(encodeSpec(spec), unpackArtefactFile(bytes).client) === 0,
          "it is written in two ways",
        )
        const { mostRequestBytes } = moduleFrames(spec, 1)
        check(mostRequestBytes < 2 ** 40, `a request of ${mostRequestBytes} bytes`)
      },
    },
    { name: "client's part", weight: 15, mutated, load: (bytes) => checkSizes(readSpec(bytes)) },
  ]
}

/** What a client makes of a specification is bounded. */
const checkSizes = (spec: ProgramSpec): void => {
  const sizes = messageSizes(spec)
  for (const [what, bytes] of Object.entries(sizes))
    check(Number.isSafeInteger(bytes), `${what} of ${bytes} bytes`)
}

const MODELS = [
  "cancer-tree.onnx",
  "cancer-logistic.onnx",
  "diabetes-ridge.onnx",
  "extra/torch-acts-dynamo.onnx",
  "extra/lgb-cat.lightgbm.txt",
  "extra/lgb-sig.lightgbm.json",
  "extra/sk-columns.json",
  "extra/xgb-binary.json",
]

const modelLoader = (folder: string): Loader => {
  const files = MODELS.map((name) => new Uint8Array(readFileSync(join(folder, name))))
  const trees = files.map((bytes) => {
    try {
      return JSON.parse(new TextDecoder().decode(bytes)) as unknown
    } catch {
      return undefined
    }
  })
  return {
    name: "model",
    weight: 3,
    mutated: (random) => {
      const i = random.below(files.length)
      const tree = trees[i]
      if (tree !== undefined && random.once(2)) {
        return new TextEncoder().encode(JSON.stringify(mutateTree(random, tree), plain))
      }
      return mutateBytes(random, files[i]!, files)
    },
    load: async (bytes) => {
      const model = await importModel(bytes)
      const size = model.graph.inputs.reduce((sum, { shape }) => sum + sizeOf(shape), 0)
      if (model.work + size < 1e6) model.predictFloat([new Float64Array(size)])
    },
  }
}

/** Whether an error is one that says what is wrong with the bytes. */
export const isRefusal = (error: unknown): error is Error =>
  (error instanceof RuntimeError || error instanceof ProgramError) && error.message.length > 10
