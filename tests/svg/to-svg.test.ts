import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { Builder, intType, type Node, nodesOf, type Program, parse } from "../../src/ir/index.ts"
import { layOut } from "../../src/svg/layout.ts"
import { pictureOf } from "../../src/svg/picture.ts"
import { inRows } from "../../src/svg/rows.ts"
import { widthOf } from "../../src/svg/text.ts"
import { sizesOf, toSvg } from "../../src/svg/to-svg.ts"
import { arbitraryProgram } from "../support/arbitrary.ts"
import { elementsOf } from "./xml.ts"

const SCORE = `program score {
  %0 : enc 0..9[4] = input {name="x"}
  %1 : clear -2..3[4] = constant {value=@0}
  %2 : enc -18..27[4] = mul %0, %1
  %3 : enc -18..45 = sum %2 {axes=[0]}
  %4 : enc 0..1 = apply %3 {expr="max(x, 0) > 0"}
  %5 : enc 0..1 = mul %4, %4
  return y = %5
}
@0 = [1, -2, 3, 1]
`

/** A program of one input and one output of these names. */
const named = (input: string, output: string): Program => {
  const builder = new Builder()
  const node = builder.make("input", [], { name: input, type: intType(true, 0n, 1n) })
  return { name: "named", inputs: [node], outputs: new Map([[output, node]]), origins: builder.origins }
}

const textsOf = (svg: string): string[] =>
  elementsOf(svg)
    .filter(({ name }) => name === "text")
    .map(({ text }) => text)

describe("the picture of a program", () => {
  test("tells what each node is, does and gives", async () => {
    const elements = elementsOf(await toSvg(parse(SCORE)))
    const kinds = elements.flatMap(({ name, attributes }) => (name === "g" ? [attributes["class"]] : []))
    expect(kinds.filter((kind) => kind !== undefined)).toEqual([
      "secret",
      "linear",
      "clear",
      "linear",
      "table",
      "product",
      "output",
    ])
    expect(textsOf(await toSvg(parse(SCORE))).slice(0, -6)).toEqual([
      "program score",
      ...["0..9 [4]", "-2..3 [4]", "-18..27 [4]", "-18..45", "0..1", "0..1", "0..1"],
      ...["%0 x", "%2 mul", "%0, %1", "%1 constant", "[1, -2, 3, 1]", "%3 sum", "axes [0]"],
      ...["%4 apply", "max(x, 0) > 0", "%5 mul", "%4, %4", "y"],
    ])
  })

  test("has every node and edge of generated programs, and is well-formed", async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryProgram({ reals: true, maxSteps: 60 }), async (program) => {
        const nodes = nodesOf(program)
        const numbers = new Map(nodes.map((node, i) => [node, `%${i}`]))
        const { boxes, wires } = inRows(pictureOf(program))
        const nameOf = (i: number): string => boxes[i]!.number.replace(" ↑", "") || boxes[i]!.name
        const drawn = wires.map(({ from, to }) => `${nameOf(from)} ${nameOf(to)}`)
        const expected = [
          ...nodes.flatMap((node) =>
            node.operands.map((operand) => `${numbers.get(operand)} ${numbers.get(node)}`),
          ),
          ...[...program.outputs].map(([name, node]) => `${numbers.get(node)} ${name}`),
        ]
        expect(drawn.sort()).toEqual(expected.sort())
        expect(new Set(boxes.map((_, i) => nameOf(i)))).toEqual(
          new Set([...numbers.values(), ...program.outputs.keys()]),
        )
        const elements = elementsOf(await toSvg(program))
        const titles = elements.filter(({ name }) => name === "title").map(({ text }) => text)
        expect(titles.slice(1)).toEqual(boxes.map(({ title }) => title))
        const written = elements.flatMap(({ attributes }) => attributes["data-wire"] ?? [])
        expect(written).toEqual(wires.map(({ from, to }) => `${from} ${to}`))
        expect(elements.flatMap(({ attributes }) => Object.values(attributes)).join(" ")).not.toMatch(
          /NaN|Infinity/,
        )
      }),
      { numRuns: 50 },
    )
  })

  test("has room for its text in every box", async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryProgram(), async (program) => {
        let box: Area | undefined
        let isBox = false
        for (const { name, attributes, text } of elementsOf(await toSvg(program))) {
          const number = (key: string): number => Number(attributes[key])
          if (name === "g") {
            box = undefined
            isBox = attributes["class"] !== undefined
          }
          if (name === "rect" && isBox) {
            const [left, top] = [number("x"), number("y")]
            box = { left, top, right: left + number("width"), bottom: top + number("height") }
          }
          if (name !== "text" || box === undefined) continue
          const half = widthOf(text, 10) / 2
          expect([number("x") - half, number("y") - 8]).toSatisfy(([x, y]) => x > box!.left && y > box!.top)
          expect([number("x") + half, number("y") + 2]).toSatisfy(
            ([x, y]) => x < box!.right && y < box!.bottom,
          )
        }
      }),
      { numRuns: 50 },
    )
  })

  test("ends long edges at a copy of the box they come from", () => {
    const builder = new Builder()
    const x = builder.make("input", [], { name: "x", type: intType(true, 0n, 1n) })
    const chain: Node[] = [x]
    for (let i = 0; i < 20; i++) chain.push(builder.make("neg", [chain.at(-1)!], {}))
    const y = builder.make("add", [chain.at(-1)!, x], {})
    const { boxes, wires, rows } = inRows(
      pictureOf({ name: "long", inputs: [x], outputs: new Map([["y", y]]), origins: builder.origins }),
    )
    const [copy] = wires.filter(({ from }) => boxes[from]!.number.includes("↑"))
    expect(boxes[copy!.from]).toMatchObject({ name: "x", number: "%0 ↑", kind: "secret" })
    expect(rows[copy!.to]! - rows[copy!.from]!).toBe(1)
    expect(Math.max(...wires.map(({ from, to }) => rows[to]! - rows[from]!))).toBeLessThan(13)
  })

  test("keeps boxes and labels apart, inputs above and outputs below", async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryProgram({ maxSteps: 60 }), async (program) => {
        const picture = inRows(pictureOf(program))
        const sizes = sizesOf(picture)
        const placed = await layOut(picture, sizes.boxes, sizes.labels)
        const boxes = placed.boxes.map((centre, i) => areaOf(centre, sizes.boxes[i]!))
        const labels = placed.wires.flatMap(({ label }, i) =>
          picture.wires[i]!.label === undefined ? [] : [areaOf(label, sizes.labels[i]!)],
        )
        const areas = [...boxes, ...labels]
        for (const [i, a] of areas.entries())
          for (const b of areas.slice(i + 1)) expect(overlap(a, b)).toBe(false)
        const heights = (kind: (i: number) => boolean): number[] =>
          placed.boxes.flatMap(({ y }, i) => (kind(i) ? [y] : []))
        const others = heights((i) => !picture.boxes[i]!.isInput && !picture.boxes[i]!.isCopy)
        for (const y of heights((i) => picture.boxes[i]!.isInput)) expect(y).toBeLessThan(Math.min(...others))
        const lowest = Math.max(...placed.boxes.map(({ y }) => y))
        for (const y of heights((i) => picture.boxes[i]!.kind === "output")) expect(y).toBe(lowest)
      }),
      { numRuns: 30 },
    )
  })

  test.each([
    '</text><script>alert("1")</script>',
    "a & b",
    "\0\x1b[31m\ud800\u202e",
    "'\"><",
    "&lt;",
    "x".repeat(10_000),
  ])("takes the name %j for text", async (name) => {
    const svg = await toSvg(named(name, name))
    expect(elementsOf(svg).some((element) => element.name === "script")).toBe(false)
    expect(svg).not.toMatch(/<script|\u202e/)
  })

  test("does not draw what no one could look at", async () => {
    const builder = new Builder()
    const x = builder.make("input", [], { name: "x", type: intType(true, 0n, 1n) })
    let node: Node = x
    for (let i = 0; i < 2000; i++) node = builder.make("neg", [node], {})
    const program: Program = {
      name: "long",
      inputs: [x],
      outputs: new Map([["y", node]]),
      origins: builder.origins,
    }
    await expect(toSvg(program)).rejects.toThrow("a picture of 2001 nodes, but at most 2000 are drawn")
  })
})

interface Area {
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

const areaOf = (
  { x, y }: { x: number; y: number },
  { width, height }: { width: number; height: number },
): Area => ({
  left: x - width / 2,
  right: x + width / 2,
  top: y - height / 2,
  bottom: y + height / 2,
})

const overlap = (a: Area, b: Area): boolean =>
  a.left < b.right - 0.01 && b.left < a.right - 0.01 && a.top < b.bottom - 0.01 && b.top < a.bottom - 0.01
