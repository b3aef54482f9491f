import fc from "fast-check"
import { arbitraryProgram } from "/work/main/tests/support/arbitrary.ts"
import { nodesOf } from "/work/main/src/ir/index.ts"
for (const o of [{}, {reals:true}, {maxDepth:4, secretOutputs:true}]) {
const counts: Record<string, number> = {}; let n=0, real=0
for (const p of fc.sample(arbitraryProgram(o), 1000)) for (const x of nodesOf(p)) { counts[x.op]=(counts[x.op]??0)+1; n++; if (x.type.kind==="real") real++ }
console.log(JSON.stringify(o), n/1000, real, JSON.stringify(counts)) }
console.log(String(fc.stringify(fc.sample(arbitraryProgram({maxDepth:4}),5).at(-1))))
