import { compile, enc, uint, int, range, clear } from "lutra"
let t0 = performance.now()
const lap = (s: string) => { console.log(((performance.now() - t0) / 1000).toFixed(1), s); t0 = performance.now() }
const a = compile({ x: enc(int(31)), y: enc(int(31)), z: clear(int(20)) }, ({ x, y, z }) => ({ p: x.mul(y).add(z), z: z.add(1) }))
lap("compiled")
console.log(String(a.report()), a.circuits.map((c) => c.t), a.spec.residues)
const inp = { x: -(2 ** 30), y: 2 ** 30 - 5, z: 77 }
console.log(a.evaluate(inp), a.simulate(inp), await a.run(inp)); lap("run")
