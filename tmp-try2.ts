import { compile, enc, uint, int, range, clear } from "lutra"
let t0 = performance.now()
const lap = (s: string) => { console.log(((performance.now() - t0) / 1000).toFixed(1), s); t0 = performance.now() }
const table = Array.from({ length: 16 }, (_, i) => (i * i * 3 + i * 5 + 7) % 16)
const deep = ({ x }: any) => { let y = x; for (let i = 0; i < 12; i++) y = y.mul(y).add(x).lookup ? y.mul(3).add(x).lookup(Array.from({ length: 61 }, (_, j) => table[(j * 7 + i) % 16]!)) : y; return y }
try { compile({ x: enc(uint(4), [8]) }, deep); } catch (e: any) { console.log(e.message.slice(-500)) }
lap("refused")
const a = compile({ x: enc(uint(4), [8]) }, deep, { refresh: "auto" })
lap("compiled")
console.log(String(a.report()), a.circuits.map((c) => [c.layout.ring, c.instructions.length]))
const inp = { x: [0, 1, 2, 3, 4, 5, 14, 15] }
console.log(a.evaluate(inp)); console.log(a.simulate(inp)); lap("sim")
console.log(await a.run(inp)); lap("run"); console.log(await a.run(inp)); lap("run again")
await a.dispose()
// squarings mod 16 by tables of clip
const sq = compile({ x: enc(range(-1, 1), [4]) }, ({ x }) => { let y = x; for (let i = 0; i < 40; i++) y = y.mul(y).sub(1); return y.sub(0) }, { refresh: "auto" })
lap("compiled")
console.log(String(sq.report()), sq.circuits.map((c) => [c.layout.ring, c.instructions.length]))
const s2 = { x: [0, 1, -1, 0] }
console.log(sq.evaluate(s2), sq.simulate(s2), await sq.run(s2)); lap("run")
