import { compile, enc, uint } from "lutra"
import { print } from "lutra/ir"

const compiled = compile(
  { votes: enc(uint(1), [3]) },
  ({ votes }) => votes.mul([2, 1, 1]).sum().sub(3).ge(0),
  { name: "approved" },
)
process.stdout.write(print(compiled.program))
