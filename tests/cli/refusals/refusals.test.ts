// What a user gets wrong on the command line is refused with status 2 and one clear line, a second one with the fix; nothing is
// written, on stdout or into files.
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { Client, compile, compileProgram, enc, Server, uint } from "../../../src/index.ts"
import { parse } from "../../../src/ir.ts"
import { runInProcess } from "../in-process.ts"
import { SCORE } from "../support.ts"
import { inFolder, refusalOf } from "./support.ts"

/** The commands with arguments that would do. */
const complete: Readonly<Record<string, string>> = {
  compile: "score.ir -o new.lutra",
  inspect: "score.ir",
  opt: "score.ir",
  run: "score.ir --input in.json --evaluate",
  bench: "score.ir",
  calibrate: "",
  keygen: "score.lutra --secret new.secret --keys new.keys",
  encrypt: "score.lutra --secret secret --input in.json -o new.request",
  eval: "score.lutra --keys keys --request request -o new.reply",
  decrypt: "score.lutra --secret secret --reply reply",
  serve: "score.lutra --port 0",
  worker: "score.lutra --queue redis://127.0.0.1:1 --data new",
  init: "new",
}
const commands = Object.entries(complete).map(([name, args]) => [name, split(`${name} ${args}`)] as const)

/** Words, of which `''` is empty. */
function split(line: string): string[] {
  return line
    .split(" ")
    .filter((word) => word !== "")
    .map((word) => (word === "''" ? "" : word))
}

let folder: Disposable
beforeAll(async () => {
  const compiled = compileProgram({ program: parse(SCORE), returns: "record" })
  const bytes = compiled.toBytes()
  const damaged = Uint8Array.from(bytes, (byte, i) => (i === 200 ? byte ^ 1 : byte))
  using client = await Client.create(compiled.spec)
  const keys = client.evaluationKeys()
  using server = await Server.create(compiled.spec, compiled.circuit, keys)
  const request = client.encrypt({ x: [1, 2, 3, 4] })
  const other = compile({ x: enc(uint(2)) }, ({ x }) => x.add(1), { name: "other" })
  folder = inFolder(
    {
      "score.ir": SCORE,
      "score.lutra": bytes,
      "other.lutra": other.toBytes(),
      "damaged.lutra": damaged,
      "cut.lutra": bytes.subarray(0, 300),
      "junk.lutra": new Uint8Array(2000).fill(7),
      "junk.onnx": new Uint8Array(2000).fill(7),
      "binary.ir": Uint8Array.of(0, 255, 254, 3, 10),
      secret: client.secretKey(),
      keys,
      request,
      reply: await server.run(request),
      "in.json": '{"x":[1,2,3,4]}',
      "bad.json": "{ x:\n\n",
      "model.json": '{"a":1}',
      "rows.csv": "1,2\n3,4\n",
      "words.csv": "a,b\n1,x\n",
      "ragged.csv": "1,2\n3\n",
      "quote.csv": '"a\n1',
      "good.tokens": "alice token\n",
      "two words.tokens": "alice a token\n",
      pem: "no certificate",
      empty: "",
      "empty.ir": "",
      "empty.lutra": "",
      "empty.json": "",
      "empty.csv": "",
      "empty.ts": "",
      "empty.onnx": "",
    },
    ["folder", "folder.ir", "folder.lutra", "folder.ts"],
  )
  compiled.saveClient("client.lutra")
})
afterAll(() => folder[Symbol.dispose]())

describe.each(commands)("lutra %s refuses", (name, args) => {
  test("options that it does not have", async () => {
    expect(await refusalOf([...args, "--verbos"])).toBe("unknown option '--verbos' (Did you mean --verbose?)")
    expect(await refusalOf([...args, "--frobnicate"])).toBe(
      `unknown option '--frobnicate'; lutra ${name} --help shows the options`,
    )
    expect(await refusalOf([...args, "--verbose=1"])).toBe("option '--verbose' takes no value")
  })

  if (name !== "serve" && name !== "worker")
    test("more arguments than it takes", async () => {
      expect(await refusalOf([...args, "a", "b", "c"])).toMatch(
        /^too many arguments for '\w+'\. Expected [01] arguments? but got \d\.$/,
      )
    })

  if (name !== "calibrate")
    test("an empty name", async () => {
      expect(await refusalOf([name, "", ...args.slice(2)])).toMatch(/^argument '\w+' is empty$/)
    })

  for (const [i, flag] of args.entries()) {
    const value = args[i + 1]
    if (!flag.startsWith("-") || value === undefined || value.startsWith("-")) continue
    test(`${flag} without a value, with an empty one, and twice`, async () => {
      expect(await refusalOf([...args.toSpliced(i, 2), flag])).toMatch(/^option '.*' argument missing$/)
      expect(await refusalOf(args.toSpliced(i + 1, 1, "--other"))).toMatch(
        /^option '.*' argument missing; --other is an option itself$/,
      )
      expect(await refusalOf(args.toSpliced(i + 1, 1, ""))).toMatch(/^option '.*' argument is empty$/)
      expect(await refusalOf([...args, flag, value])).toMatch(/^option '.*' is given twice$/)
    })
  }
})

describe("a file in the place of another kind of file", () => {
  test.each<[string, string | RegExp]>([
    ["inspect absent", "absent cannot be read: there is no such file"],
    ["inspect absent.ts", "absent.ts cannot be read: there is no such file"],
    ["run absent.lutra --input in.json", "absent.lutra cannot be read: there is no such file"],
    ["bench score.ir/x", "score.ir/x cannot be read: a part of its path is no folder"],
    ["inspect folder", "folder cannot be read: it is a directory"],
    ["compile folder.ts -o new.lutra", "folder.ts cannot be read: it is a directory"],
    ["opt folder.ir", "folder.ir cannot be read: it is a directory"],
    ["bench folder.lutra", "folder.lutra cannot be read: it is a directory"],
    ["inspect empty.ir", "line 1: the text is empty; expected program name {"],
    ["inspect binary.ir", "binary.ir is no text: it is not in UTF-8"],
    ["opt score.lutra", "score.lutra is no text: it is not in UTF-8"],
    ["opt keys", "keys is no text: it is not in UTF-8"],
    ["inspect empty.ts", "empty.ts exports no compiled program, but nothing; export what compile returns"],
    ["inspect empty.lutra", /^empty\.lutra: this is no compiled program\n/],
    ["inspect damaged.lutra", "damaged.lutra: the compiled program is damaged: its checksum does not match"],
    [
      "compile cut.lutra -o new.lutra",
      /^cut\.lutra: the compiled program has 300 bytes where its header says/,
    ],
    ["run client.lutra --input in.json", /^client\.lutra: this is the client's part .* only\n/],
    ["run score.ir --input score.lutra", "score.lutra is no text: it is not in UTF-8"],
    [
      "run score.ir --input empty.json",
      /^empty\.json is empty; it should hold inputs by name as a JSON object$/,
    ],
    ["run score.ir --input bad.json", /^bad\.json is no JSON: /],
    ["run score.lutra --rows rows.csv --evaluate", /was not made of a model/],
    ["compile score.ir -o new.lutra --calibration rows.csv", /^score\.ir: it is no model that can be read/],
    ["compile junk.onnx -o new.lutra --calibration rows.csv", /^junk\.onnx: it is no model that can be read/],
    ["compile empty.onnx -o new.lutra --calibration rows.csv", /^empty\.onnx: the file is empty\n/],
    ["compile model.json -o new.lutra --calibration rows.csv", /^model\.json: .* no model of a known kind\n/],
    ["compile bad.json -o new.lutra --calibration rows.csv", /^bad\.json: the file is no JSON: /],
    ["compile junk.onnx -o new.lutra", /^junk\.onnx is a model, .*\ngive --calibration rows\.csv/],
    ["keygen score.ir --secret new.secret --keys new.keys", /^score\.ir: this is no compiled program\n/],
    [
      "keygen keys --secret new.secret --keys new.keys",
      /^keys: this is a set of evaluation keys, not a comp/,
    ],
    [
      "encrypt score.lutra --secret score.lutra --input in.json -o new",
      "score.lutra: this is a compiled program, not a secret key",
    ],
    [
      "encrypt score.lutra --secret keys --input in.json -o new",
      "keys: this is a set of evaluation keys, not a secret key",
    ],
    [
      "encrypt score.lutra --secret empty --input in.json -o new",
      "empty: these 0 bytes are no Lutra message; a secret key is needed",
    ],
    [
      "eval score.lutra --keys score.lutra --request request -o new",
      "score.lutra: this is a compiled program, not a set of evaluation keys",
    ],
    [
      "eval score.lutra --keys secret --request request -o new",
      "secret: this is a secret key, not a set of evaluation keys",
    ],
    [
      "eval score.lutra --keys keys --request junk.lutra -o new",
      "junk.lutra: these 2000 bytes are no Lutra message; a request is needed",
    ],
    [
      "eval other.lutra --keys keys --request request -o new",
      /^keys: this set of evaluation keys belongs to pro/,
    ],
    ["decrypt score.lutra --secret reply --reply reply", "reply: this is a reply, not a secret key"],
    ["decrypt score.lutra --secret secret --reply request", "request: this is a request, not a reply"],
    ["decrypt score.lutra --secret secret --reply absent", "absent cannot be read: there is no such file"],
    ["decrypt score.lutra --secret secret --reply folder", "folder cannot be read: it is a directory"],
  ])("%s", async (line, message) => {
    const found = await refusalOf(split(line))
    if (typeof message === "string") expect(found).toBe(message)
    else expect(found).toMatch(message)
  })
})

describe("an output that cannot be written", () => {
  test.each([
    ["compile score.ir -o no/new.lutra", "no/new.lutra cannot be written: there is no such folder"],
    ["compile score.ir -o folder", "folder cannot be written: it is a directory"],
    ["compile score.ir -o in.json/x", "in.json/x cannot be written: a part of its path is no folder"],
    ["compile score.ir -o new.lutra --client no/new", "no/new cannot be written: there is no such folder"],
    ["inspect score.ir --svg no/x.svg", "no/x.svg cannot be written: there is no such folder"],
    ["inspect score.ir --dump in.json", "in.json cannot be written: there is a file of that name"],
    ["keygen score.lutra --secret new --keys no/k", "no/k cannot be written: there is no such folder"],
    ["keygen score.lutra --secret no/s --keys new", "no/s cannot be written: there is no such folder"],
    [
      "encrypt score.lutra --secret secret --input in.json -o no/r",
      "no/r cannot be written: there is no such folder",
    ],
    [
      "eval score.lutra --keys keys --request request -o no/r",
      "no/r cannot be written: there is no such folder",
    ],
    ["init in.json", "in.json cannot be written: there is a file of that name"],
  ])("%s", async (line, message) => {
    expect(await refusalOf(split(line))).toBe(message)
  })
})

describe("an output in the place of something that is needed", () => {
  test.each([
    ["compile score.ir -o score.ir", "--output and the file are both score.ir"],
    ["compile score.ir -o new --client folder/../new", "--client and --output are both folder/../new"],
    ["keygen score.lutra --secret new --keys new", "--keys and --secret are both new"],
    [
      "encrypt score.lutra --secret secret --input in.json -o secret",
      "--output and --secret are both secret",
    ],
    ["eval score.lutra --keys keys --request request -o keys", "--output and --keys are both keys"],
  ])("%s", async (line, message) => {
    expect(await refusalOf(split(line))).toBe(`${message}, which would be written over`)
  })

  test("keygen score.lutra --secret secret --keys new", async () => {
    expect(await refusalOf(split("keygen score.lutra --secret secret --keys new"))).toBe(
      "secret is there already; a key that is overwritten is lost, so delete it yourself",
    )
  })
})

describe("numbers and tables", () => {
  test.each<[string, RegExp]>([
    ["compile score.ir -o new --batch 0", /^--batch is 0; it is a whole number from 1$/],
    ["compile score.ir -o new --batch 0x10", /^--batch is 0x10; /],
    ["compile score.ir -o new --batch 99999999999", /^--batch is 99999999999; .* from 1 to 1000000000$/],
    ["compile score.ir -o new --max-loss -1", /^--max-loss is -1; it counts points of accuracy, from 0$/],
    ["compile score.ir -o new --max-seconds soon", /^--max-seconds is soon; it counts seconds, from 0$/],
    ["bench score.ir --runs 1e3", /^--runs is 1e3; /],
    ["bench score.ir --threads 2.5", /^--threads is 2\.5; it counts worker threads, from 1, or is auto$/],
    ["opt score.ir --digits 3", /^--digits is 3; 1 and 2 are offered$/],
    ["opt score.ir --passes fold", /^there is no pass "fold"; /],
    ["compile junk.onnx -o new --calibration empty.csv", /^empty\.csv holds no rows$/],
    [
      "compile junk.onnx -o new --calibration words.csv",
      /^words\.csv, row 0, column 1 is "x", which is no number$/,
    ],
    [
      "compile junk.onnx -o new --calibration ragged.csv",
      /^ragged\.csv is no table of comma-separated numbers: /,
    ],
    [
      "compile junk.onnx -o new --calibration quote.csv",
      /^quote\.csv is no table of comma-separated numbers: /,
    ],
    ["compile junk.onnx -o new --calibration folder", /^folder cannot be read: it is a directory$/],
  ])("%s", async (line, message) => {
    expect(await refusalOf(split(line))).toMatch(message)
  })
})

describe("addresses and places", () => {
  const queue = "redis://HOST:PORT, or rediss://HOST:PORT with TLS"
  const origin = "https://HOST or https://HOST:PORT, without a path"
  const endpoint = "https://HOST or http://HOST:PORT of an S3 service"
  const bucket = "s3://BUCKET or s3://BUCKET/FOLDER"
  const host = "a name or an address to listen on, such as 127.0.0.1"
  test.each([
    [
      "--queue localhost:6379",
      `--queue is localhost:6379; it is ${queue}; did you mean redis://localhost:6379?`,
    ],
    ["--queue http://redis", `--queue is http://redis; it is ${queue}; did you mean redis://redis?`],
    ["--queue redis:/redis/0", `--queue is redis:/redis/0; it is ${queue}; did you mean redis://redis/0?`],
    ["--queue redis://x:99999", `--queue is redis://x:99999; it is ${queue}; did you mean redis://x:6379?`],
    ["--queue redis://", `--queue is redis://; it is ${queue}`],
    [
      "--queue http://user:hidden@redis",
      `--queue is http://…@redis; it is ${queue}; did you mean redis://…@redis?`,
    ],
    ["--origin example.org", `--origin is example.org; it is ${origin}; did you mean https://example.org?`],
    [
      "--origin localhost:5173",
      `--origin is localhost:5173; it is ${origin}; did you mean http://localhost:5173?`,
    ],
    ["--origin https://a.org/", `--origin is https://a.org/; it is ${origin}; did you mean https://a.org?`],
    [
      "--origin https://a.org/page",
      `--origin is https://a.org/page; it is ${origin}; did you mean https://a.org?`,
    ],
    [
      "--origin https://a.org:443",
      `--origin is https://a.org:443; it is ${origin}; did you mean https://a.org?`,
    ],
    ["--origin https://A.org", `--origin is https://A.org; it is ${origin}; did you mean https://a.org?`],
    ["--origin null", `--origin is null; it is ${origin}`],
    ["--origin https://a.org b", `--origin is b; it is ${origin}; did you mean https://b?`],
    [
      "--data s3://bucket",
      `--data is s3://bucket; it is a folder, and a bucket is given as --storage s3://BUCKET/FOLDER`,
    ],
    ["--storage keys", `--storage is keys; it is ${bucket}; a folder is given as --data keys`],
    ["--storage s3:/bucket", `--storage is s3:/bucket; it is ${bucket}; did you mean s3://bucket?`],
    ["--storage s3://Bucket/A", `--storage is s3://Bucket/A; it is ${bucket}; did you mean s3://bucket/A?`],
    ["--storage https://bucket", `--storage is https://bucket; it is ${bucket}`],
    ["--storage s3://b1x --data keys", "--data and --storage are both given; one place is enough"],
    [
      "--s3-endpoint https://s3.a.org",
      "--s3-endpoint is for an S3 service; give its bucket as --storage s3://BUCKET",
    ],
    [
      "--storage s3://bucket --s3-endpoint minio:9000",
      `--s3-endpoint is minio:9000; it is ${endpoint}; did you mean https://minio:9000?`,
    ],
    [
      "--s3-endpoint ftp://a.org",
      `--s3-endpoint is ftp://a.org; it is ${endpoint}; did you mean https://a.org?`,
    ],
    [
      "--host http://0.0.0.0:80",
      `--host is http://0.0.0.0:80; it is ${host}; did you mean --host 0.0.0.0 --port 80?`,
    ],
    [
      "--host localhost:8080",
      `--host is localhost:8080; it is ${host}; did you mean --host localhost --port 8080?`,
    ],
    ["--host [::1]:80", `--host is [::1]:80; it is ${host}; did you mean --host ::1 --port 80?`],
    ["a:b=score.lutra", '"a:b" is no name to serve a program under; it has letters, digits, _, . and -'],
    [
      "--queue redis://x --workers 2",
      "with --queue, it is lutra worker that runs programs and has --workers",
    ],
  ])("serve score.lutra %s", async (args, message) => {
    expect(await refusalOf(split(`serve score.lutra ${args}`))).toBe(message)
  })

  test("a worker has the same, and needs a place", async () => {
    const worker = (args: string) => refusalOf(split(`worker score.lutra ${args}`))
    expect(await worker("--queue redis --data new")).toMatch(
      /^--queue is redis; .*; did you mean redis:\/\/redis\?$/,
    )
    expect(await worker("--queue redis://x")).toBe(
      "a worker needs --data FOLDER or --storage s3://BUCKET/FOLDER, that of the servers",
    )
    expect(await worker("--queue redis://x --storage keys")).toMatch(/a folder is given as --data keys$/)
  })

  test("a host that is not there, and a port that is taken", async () => {
    const two = split("serve score.lutra --port 0 --host nowhere.invalid --tokens good.tokens --data folder")
    const { status, stderr } = await runInProcess(".", two)
    expect(status).toBe(2)
    expect(stderr).toMatch(
      /^lutra: nowhere\.invalid:0 cannot be listened on: (there is no such host|the name of the host cannot be looked up)\n$/,
    )
  })
})
