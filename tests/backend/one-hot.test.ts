import { describe, expect, test } from "vitest"
import { encodeInput, lower } from "../../src/backend/index.ts"
import { parse } from "../../src/ir/index.ts"
import { simulate } from "../../src/runtime/index.ts"

const encode = (values: readonly number[], lo: bigint, base: number, digits: number) =>
  encodeInput({ lo, hi: lo + 15n, encoding: { base, digits } }, Float64Array.from(values))

describe("inputs sent one-hot", () => {
  test("are 0s and 1s, by digit, then by its value, then by element", () => {
    expect([...encode([-1, 2], -1n, 4, 1)]).toEqual([1, 0, 0, 0, 0, 0, 0, 1])
    expect([...encode([7], 0n, 3, 2)]).toEqual([0, 0, 1, 0, 1, 0])
    const far = 2n ** 60n
    expect([...encodeInput({ lo: far, hi: far + 1n, encoding: { base: 2, digits: 1 } }, [far + 1n])]).toEqual(
      [0, 1],
    )
  })

  test("are taken by one onehot and nothing else, but for what makes a constant secret", () => {
    const lowered = (statement: string, literals = "") =>
      lower(
        parse(`program both {
  %0 : enc 0..3[2] = input {name="x"}
  %1 : enc 0..1[4,2] = onehot %0 {base=4, digits=1}
  %2 : ${statement}
  return y = %1, z = %2
}
${literals}`),
        { n: 32, ring: 8 },
        193n,
      )
    const message = 'input "x" is sent one-hot, so that nothing but one onehot can take it'
    const sum = "enc 7..13[1] = linear %0 {matrix=@0, bias=@1}"
    expect(() => lowered("enc 0..9[2] = mul %0, %0")).toThrow(message)
    expect(() => lowered("enc 0..3[1,2] = reshape %0")).toThrow(message)
    expect(() => lowered("enc 0..1[4,2] = onehot %0 {base=2, digits=2}")).toThrow(message)
    expect(() => lowered(sum, "@0 = 1x2 [1, 1]\n@1 = [7]\n")).toThrow(message)
    const constant = lowered(sum, "@0 = 1x2 [0, 0]\n@1 = [7]\n")
    expect(simulate(constant, [{ x: [3, 1] }])[0]!["z"]).toEqual([7n])
  })

  test("are checked against their declaration", () => {
    const circuit = lower(
      parse(`program sent {
  %0 : enc 0..3[2] = input {name="x"}
  %1 : enc 0..1[4,2] = onehot %0 {base=2, digits=2}
  return y = %1
}
`),
      { n: 32, ring: 8 },
      193n,
    )
    expect(simulate(circuit, [{ x: [3, 1] }])[0]!["y"]).toEqual([0n, 1n, 1n, 0n, 0n, 0n, 1n, 1n])
    expect(() => simulate(circuit, [{ x: [3, 4] }])).toThrow(
      'input "x"[1] is 4, outside its declared range 0..3',
    )
    expect(() => simulate(circuit, [{ x: [3] }])).toThrow('input "x" has shape [1]')
  })
})
