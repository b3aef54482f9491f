import { compile, enc, uint, int, range, clear } from "lutra"
const t0 = performance.now()
const lap = (s: string) => console.log(((performance.now() - t0) / 1000).toFixed(1), s)
// explicit refresh
const a = compile({ x: enc(uint(4), [8]), k: clear(uint(2), [8]), z: enc(int(3), [8]) }, ({ x, k, z }) => {
  const y = x.lookup(Array.from({ length: 16 }, (_, i) => (i * 7 + 3) % 16)).refresh()
  return { out: y.lookup(Array.from({ length: 16 }, (_, i) => (i * 5 + 1) % 16)).add(k.mul(2)).mul(z), early: x.sum(), clear: k.add(1) }
})
lap("compiled")
console.log(String(a.report()))
const inp = { x: [0, 1, 2, 3, 4, 5, 14, 15], k: [0, 1, 2, 3, 3, 2, 1, 0], z: [-4, -3, -2, -1, 0, 1, 2, 3] }
console.log(a.evaluate(inp)); console.log(a.simulate(inp))
lap("sim")
console.log(await a.run(inp)); lap("run")
console.log(a.spec.rounds!.map((r) => [r.layout.ring, r.inputs.map((i) => i.name), r.outputs.map((o) => o.name)]))
await a.dispose()
