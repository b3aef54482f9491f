import type { FastifyInstance } from "fastify"
import { CODES, type ServiceCode, statusOf } from "../service-error.ts"

/** `GET /openapi.json`: this HTTP interface, as OpenAPI 3.1 describes such. */
export const openApiRoute = (app: FastifyInstance): void => {
  app.get("/openapi.json", async () => openApi())
}

/** The document itself. What it says of routes and statuses is tested against them. */
export const openApi = () => ({
  openapi: "3.1.0",
  info: {
    title: "Lutra",
    version: "1",
    description:
      "Programs that run on encrypted data. Clients send evaluation keys once and then encrypted requests; " +
      "the server computes and has nothing to decrypt with.",
    license: { name: "MIT", identifier: "MIT" },
  },
  paths: {
    "/healthz": { get: open("Whether the process lives", { 200: text("it does") }) },
    "/readyz": { get: open("Whether work is accepted", { 200: text("it is") }, ["stopping"]) },
    "/metrics": { get: open("Numbers for Prometheus", { 200: text("Prometheus text") }, ["wrong-host"]) },
    "/openapi.json": {
      get: open("This description", { 200: json("this description", { type: "object" }) }, ["wrong-host"]),
    },
    "/v1/models": {
      get: closed("listModels", "Name, hash and sizes of every model", {
        200: json("the models", reference("Models")),
      }),
    },
    "/v1/models/{name}": {
      parameters: [NAME],
      get: closed(
        "getModel",
        "The client's part of a model",
        {
          200: { ...bytes("what a client needs of the program"), headers: { ETag } },
          304: { description: "it is still what If-None-Match names" },
        },
        ["unknown-model"],
        [header("If-None-Match", "the ETag of the part that the client has", false)],
      ),
    },
    "/v1/models/{name}/run": {
      parameters: [NAME],
      post: {
        ...closed(
          "run",
          "Runs a model on an encrypted request",
          { 200: { ...bytes("the encrypted reply"), headers: { "Server-Timing": TIMING } } },
          [
            "damaged",
            "unknown-model",
            "unknown-keys",
            "slow",
            "too-large",
            "busy",
            "internal",
            "stopping",
            "timeout",
          ],
          [header("Lutra-Keys", "SHA-256 of the evaluation keys", true, SHA256)],
        ),
        requestBody: { required: true, content: BYTES },
      },
    },
    "/v1/keys/{sha256}": {
      parameters: [
        {
          name: "sha256",
          in: "path",
          required: true,
          description: "SHA-256 of the bytes of the keys",
          schema: SHA256,
        },
      ],
      put: {
        ...closed(
          "putKeys",
          "Stores evaluation keys",
          { 200: { description: "they were known" }, 201: { description: "they are stored" } },
          ["damaged", "slow", "too-large", "busy", "internal", "stopping", "quota"],
        ),
        requestBody: { required: true, content: BYTES },
      },
      head: closed("hasKeys", "Whether this client has stored keys", {
        200: { description: "it has, and they have not expired" },
        400: { description: "this is no SHA-256" },
        404: { description: "it has not" },
        500: { description: "the storage failed" },
      }),
      delete: closed(
        "deleteKeys",
        "Deletes keys",
        { 204: { description: "they are gone, or were not there" } },
        ["damaged", "internal"],
      ),
    },
  },
  components: {
    securitySchemes: { token: { type: "http", scheme: "bearer" } },
    schemas: {
      Error: {
        type: "object",
        required: ["error"],
        properties: {
          error: {
            type: "object",
            required: ["code", "message"],
            properties: {
              // That of a client which has gone is never sent.
              code: { enum: CODES.filter((code) => code !== "gone") },
              message: { type: "string" },
            },
          },
        },
      },
      Models: {
        type: "object",
        required: ["models"],
        properties: { models: { type: "array", items: reference("Model") } },
      },
      Model: {
        type: "object",
        required: ["name", "hash", "bytes"],
        properties: {
          name: { type: "string" },
          hash: { ...SHA256, description: "hash of the program" },
          bytes: {
            type: "object",
            required: ["client", "keys", "mostRequest", "mostReply"],
            properties: {
              client: count("bytes of the client's part"),
              keys: count("bytes of evaluation keys"),
              mostRequest: count("bytes of the largest request of any round"),
              mostReply: count("bytes of the largest reply of any round"),
            },
          },
        },
      },
    },
  },
})

type Responses = Readonly<Record<number, object>>

/** A route for those who watch over the service, without a token. */
const open = (summary: string, responses: Responses, codes: readonly ServiceCode[] = []) => ({
  summary,
  security: [],
  responses: { ...responses, ...refusals(codes) },
})

/** A route for clients, who have a token where the server asks for one. */
const closed = (
  operationId: string,
  summary: string,
  responses: Responses,
  codes: readonly ServiceCode[] = [],
  parameters: readonly object[] = [],
) => ({
  operationId,
  summary,
  security: [{ token: [] }, {}],
  ...(parameters.length > 0 && { parameters }),
  responses: { ...responses, ...refusals(["unauthorized", "wrong-host", ...codes]) },
})

/** Codes by their statuses, of which several may have the same. */
const refusals = (codes: readonly ServiceCode[]): Responses =>
  Object.fromEntries(
    codes.map((code) => {
      const status = statusOf(code)
      const same = codes.filter((other) => statusOf(other) === status)
      return [status, json(same.join(" or "), reference("Error"))]
    }),
  )

const SHA256 = { type: "string", pattern: "^[0-9a-f]{64}$" }

const BYTES = { "application/octet-stream": { schema: { type: "string", format: "binary" } } }

const NAME = {
  name: "name",
  in: "path",
  required: true,
  description: "name of a model",
  schema: { type: "string" },
}

const ETag = { description: "SHA-256 of the bytes, in quotes", schema: { type: "string" } }

const TIMING = {
  description: "milliseconds in the queue and in a worker: wait;dur=…, run;dur=…",
  schema: { type: "string" },
}

const reference = (name: string) => ({ $ref: `#/components/schemas/${name}` })
const count = (description: string) => ({ type: "integer", minimum: 0, description })
const text = (description: string) => ({
  description,
  content: { "text/plain": { schema: { type: "string" } } },
})
const json = (description: string, schema: object) => ({
  description,
  content: { "application/json": { schema } },
})
const bytes = (description: string) => ({ description, content: BYTES })
const header = (
  name: string,
  description: string,
  required: boolean,
  schema: object = { type: "string" },
) => ({
  name,
  in: "header",
  required,
  description,
  schema,
})
