import { enc, compile, range } from "lutra"
for (const count of [100, 400]) {
const t = performance.now()
const a = compile({ x: enc(range(-1, 1), [4]) }, ({ x }) => { let y = x; for (let i = 0; i < count; i++) y = y.mul(y).sub(1); return y }, { refresh: "auto" })
console.log(count, ((performance.now() - t) / 1000).toFixed(1), "s", a.report().rounds.length, a.report().depth, a.parameters.n)
}
