import { fail } from "../../../fail.ts"
import { generate, type Shape, type Tensor, tensor } from "../../../graph/tensor.ts"
import { type Import, type Op, value } from "../onnx-op.ts"
import { readAt } from "./movement.ts"
import { fromImage, image } from "./neural.ts"

/** [inputs, outputs / groups, ...kernel] to the weights of a convolution, [outputs, inputs / groups, ...kernel from behind]. */
const turned = ({ shape, values }: Tensor, groups: number): Tensor => {
  const [inputs, outputs, ...kernel] = shape as [number, number, ...number[]]
  const taps = kernel.reduce((a, b) => a * b, 1)
  const share = inputs / groups
  const size = outputs * groups * share * taps
  return tensor(
    [outputs * groups, share, ...kernel],
    generate(size, (at) => {
      const [o, i, tap] = [Math.floor(at / (share * taps)), Math.floor(at / taps) % share, at % taps]
      const group = Math.floor(o / outputs)
      return values[((group * share + i) * outputs + (o % outputs)) * taps + taps - 1 - tap]!
    }),
  )
}

interface Extents {
  readonly strides: Shape
  /** How far the kernel reaches along each axis. */
  readonly reach: Shape
  readonly added: Shape
}

/** The padding before each axis, and the extents of the result. */
const frameOf = (
  op: Op,
  spatial: Shape,
  { strides, reach, added }: Extents,
): [before: Shape, result: Shape] => {
  const whole = spatial.map((n, i) => strides[i]! * (n - 1) + added[i]! + reach[i]!)
  const auto = op.text("auto_pad", "NOTSET")
  const asked = op.ints("output_shape")?.slice(-spatial.length)
  const same = auto.startsWith("SAME") ? spatial.map((n, i) => n * strides[i]!) : undefined
  const result = asked ?? same
  if (result === undefined) {
    const pads = op.ints("pads") ?? new Array<number>(2 * spatial.length).fill(0)
    const before = auto === "VALID" ? spatial.map(() => 0) : pads.slice(0, spatial.length)
    const after = auto === "VALID" ? before : pads.slice(spatial.length)
    return [before, whole.map((n, i) => n - before[i]! - after[i]!)]
  }
  const total = whole.map((n, i) => Math.max(n - result[i]!, 0))
  const before = total.map((n) => (auto === "SAME_UPPER" ? Math.floor(n / 2) : Math.ceil(n / 2)))
  return [before, result]
}

/** Zeros between and around the elements, and a convolution with the kernel from behind. */
export const transposedConvolution: Import = (op) => {
  const x = image(op, op.node(0))
  const weights = op.constant(1)
  const bias = op.maybeConstant(2)
  const groups = op.int("group", 1)
  const [channels = 0, ...spatial] = x.shape
  const kernel = weights.shape.slice(2)
  if (weights.shape[0] !== channels || kernel.length !== spatial.length || channels % groups !== 0)
    return fail("damaged-model", `weights with ${weights.shape[0]} inputs do not fit ${channels} channels`)
  const ones = spatial.map(() => 1)
  const strides = op.ints("strides") ?? ones
  const dilations = op.ints("dilations") ?? ones
  const added = op.ints("output_padding") ?? spatial.map(() => 0)
  const reach = kernel.map((k, i) => (k - 1) * dilations[i]! + 1)
  const [before, result] = frameOf(op, spatial, { strides, reach, added })
  const places = spatial.map((n, i) =>
    Int32Array.from({ length: result[i]! + reach[i]! - 1 }, (_, at) => {
      const index = (at - reach[i]! + 1 + before[i]!) / strides[i]!
      return Number.isInteger(index) && index >= 0 && index < n ? index : -1
    }),
  )
  const spread = readAt(op, x, [Int32Array.from({ length: channels }, (_, c) => c), ...places])
  const zeros = spatial.map(() => 0)
  return value(
    fromImage(
      op,
      op.add("conv", [spread], {
        kernel,
        strides: ones,
        dilations,
        padsBefore: zeros,
        padsAfter: zeros,
        weights: turned(weights, groups),
        groups,
        ...(bias && { bias }),
      }),
    ),
  )
}
