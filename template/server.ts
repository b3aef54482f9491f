import { createService, openStorage } from "lutra/serve"
import { program } from "./program.ts"

const { PORT = "8080", PAGE = "http://localhost:5173" } = process.env

// Sees evaluation keys and ciphertexts; it cannot decrypt.
const service = await createService({
  models: [program],
  storage: await openStorage("keys", {}),
  origins: [PAGE],
})
console.log(`serving on ${await service.listen({ port: Number(PORT) })}`)
