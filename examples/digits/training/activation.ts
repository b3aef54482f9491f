import type { Settings } from "./settings.ts"

/** The activation table, and the slope that back-propagation takes it to have at each point. */
export type Activation = { readonly entries: Int32Array; readonly slopes: Float64Array }

/**
 * A ramp from 0 to `top` in steps of one, flat on both sides. Its slope is that of the unrounded ramp,
 * measured over a few points on either side, so that neurons just off the ramp still learn.
 */
export function activation({ domain, rise, top }: Settings): Activation {
  const width = rise * (domain - 1)
  const ramp = Float64Array.from({ length: domain }, (_, i) =>
    Math.min(top, Math.max(0, top * (0.5 + (i - (domain - 1) / 2) / width))),
  )
  const reach = Math.max(1, Math.round(width / 6))
  const slopes = ramp.map((_, i) => {
    const before = Math.max(0, i - reach)
    const after = Math.min(domain - 1, i + reach)
    return (ramp[after]! - ramp[before]!) / (after - before)
  })
  return { entries: Int32Array.from(ramp, Math.round), slopes }
}
