import { express } from "../../core/elementwise.ts"
import { binary } from "../../operator/common.ts"
import { operator } from "../../operator/operator.ts"
import type { Tensor } from "../../tensor/tensor.ts"

/** A real function of two; where both are secret it becomes one table of all their pairs. */
const real = (name: string, write: (x: string, y: string) => string) =>
  operator(name, binary, (a, b): Tensor => express((x, y) => write(x!, y!), a, b))

/** Elementwise angle of the point (x, y) in -pi..pi, for `atan2(y, x)`. */
export const atan2 = real("atan2", (y, x) => `atan2(${y}, ${x})`)

/** Elementwise length of the hypotenuse, sqrt(x^2 + y^2). */
export const hypot = real("hypot", (x, y) => `hypot(${x}, ${y})`)

/** Elementwise 0 for x below 0, 1 above, and y at 0. */
export const heaviside = real("heaviside", (x, y) => `heaviside(${x}, ${y})`)

/** Elementwise magnitude of the first with the sign of the second, that of -0 too: a real value, as numpy's. */
export const copysign = real("copysign", (x, y) => `copysign(${x}, ${y})`)

/** Elementwise power as a real value, whatever the operands are. */
export const floatPower = real("floatPower", (x, y) => `${x} ^ ${y} * 1.0`)

/** Elementwise x * 2^n. */
export const ldexp = real("ldexp", (x, n) => `ldexp(${x}, ${n})`)

/** Elementwise log(e^x + e^y), without overflow. */
export const logaddexp = real("logaddexp", (x, y) => `max(${x}, ${y}) + log1p(exp(-abs(${x} - ${y})))`)

/** Elementwise log2(2^x + 2^y), without overflow. */
export const logaddexp2 = real(
  "logaddexp2",
  (x, y) => `max(${x}, ${y}) + log1p(2 ^ (-abs(${x} - ${y}))) * ${Math.LOG2E}`,
)

/** Elementwise the next double after x on the way to y. */
export const nextafter = real("nextafter", (x, y) => `nextafter(${x}, ${y})`)
