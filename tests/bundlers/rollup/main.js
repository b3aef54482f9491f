import { showScore } from "./score.js"

showScore({ wasmUrl: "seal.wasm", workerUrl: "client-worker.js" })
