/** Such as `655.4 kB`. */
export const formatBytes = (bytes: number): string =>
  bytes < 1e3
    ? `${bytes} B`
    : bytes < 1e6
      ? `${(bytes / 1e3).toFixed(1)} kB`
      : `${(bytes / 1e6).toFixed(1)} MB`

/** Milliseconds, such as `1.2 s` or `215 µs`. */
export const formatTime = (ms: number): string =>
  ms < 0.01
    ? `${Number((ms * 1000).toPrecision(2))} µs`
    : ms < 1
      ? `${(ms * 1000).toFixed(0)} µs`
      : ms < 1000
        ? `${ms.toFixed(ms < 10 ? 1 : 0)} ms`
        : `${(ms / 1000).toFixed(1)} s`
