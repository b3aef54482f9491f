import { clear, constant, enc, formula, int, range, type Tensor, table, uint } from "../src/index.ts"
import {
  arange,
  array,
  einsum,
  eye,
  full,
  identity,
  linspace,
  meshgrid,
  ones,
  select,
  tri,
  zeros,
} from "../src/numpy.ts"

/** The inputs of all examples: how they are declared. */
export const declarations = {
  x: enc(uint(4), [4]),
  y: enc(uint(3), [4]),
  s: enc(int(3), [4]),
  b: enc(uint(1), [4]),
  m: enc(uint(3), [2, 3]),
  image: enc(uint(2), [1, 1, 4, 4]),
  i: clear(range(0, 3)),
  e: enc(range(0, 3)),
}

/** What they are when the examples run. */
export const values = {
  x: [3, 1, 4, 9],
  y: [2, 1, 6, 5],
  s: [-3, 0, 2, -1],
  b: [1, 0, 1, 1],
  m: [
    [1, 2, 3],
    [4, 5, 6],
  ],
  image: [
    [
      [
        [1, 0, 2, 1],
        [3, 1, 0, 0],
        [0, 2, 1, 1],
        [1, 0, 3, 2],
      ],
    ],
  ],
  i: 2,
  e: 1,
}

/** numpy's name, null where it has none, and an example. */
type Entry = readonly [
  numpy: string | null,
  example: (inputs: Readonly<Record<keyof typeof declarations, Tensor>>) => Tensor,
]

/** Of each operator, under its first name; docs/operators.md shows what they give. */
export const examples: Readonly<Record<string, Entry>> = {
  add: ["np.add", ({ x, y }) => x.add(y)],
  sub: ["np.subtract", ({ x }) => x.sub([1, 2, 3, 4])],
  neg: ["np.negative", ({ x }) => x.neg()],
  sum: ["np.sum", ({ m }) => m.sum({ axis: 0 })],
  cumsum: ["np.cumsum", ({ x }) => x.cumsum()],
  diff: ["np.diff", ({ x }) => x.diff()],
  trace: ["np.trace", ({ m }) => m.trace()],
  gradient: ["np.gradient", ({ x }) => x.gradient().mul(2).round()],

  mul: ["np.multiply", ({ x, y }) => x.mul(y)],
  square: ["np.square", ({ s }) => s.square()],
  dot: ["np.dot", ({ x }) => x.dot([1, 10, 100, 1000])],
  matmul: ["np.matmul", ({ m }) => m.matmul([1, 0, -1])],
  inner: ["np.inner", ({ x, y }) => x.inner(y)],
  outer: ["np.outer", ({ x }) => x.outer([1, 10])],
  vdot: ["np.vdot", ({ m }) => m.vdot([1, 1, 1, 2, 2, 2])],
  prod: ["np.prod", ({ b }) => b.prod()],
  cumprod: ["np.cumprod", ({ b }) => b.cumprod()],
  kron: ["np.kron", ({ b }) => b.kron([1, 2])],
  tensordot: ["np.tensordot", ({ m }) => m.tensordot([1, 0, -1], 1)],
  cross: ["np.cross", ({ m }) => m.cross([1, 0, -1])],
  convolve: ["np.convolve", ({ x }) => x.convolve([1, 2])],
  correlate: ["np.correlate", ({ x }) => x.correlate([1, 2])],

  conv1d: [
    null,
    ({ m }) =>
      m.expandDims(0).conv1d([
        [
          [1, -1],
          [0, 2],
        ],
      ]),
  ],
  conv2d: [
    null,
    ({ image }) =>
      image.conv2d(
        [
          [
            [
              [1, 0],
              [0, -1],
            ],
          ],
        ],
        { stride: 2 },
      ),
  ],
  conv3d: [
    null,
    ({ image }) =>
      image.expandDims(2).conv3d(
        [
          [
            [
              [
                [1, 1],
                [1, 1],
              ],
            ],
          ],
        ],
        { stride: [1, 2, 2] },
      ),
  ],

  reshape: ["np.reshape", ({ m }) => m.reshape([3, 2])],
  flatten: ["ndarray.flatten", ({ m }) => m.flatten()],
  ravel: ["np.ravel", ({ m }) => m.ravel()],
  transpose: ["np.transpose", ({ m }) => m.transpose()],
  swapAxes: ["np.swapaxes", ({ m }) => m.swapAxes(0, 1)],
  moveAxis: ["np.moveaxis", ({ m }) => m.moveAxis(0, -1)],
  squeeze: ["np.squeeze", ({ image }) => image.squeeze()],
  expandDims: ["np.expand_dims", ({ x }) => x.expandDims(0)],
  broadcastTo: ["np.broadcast_to", ({ x }) => x.broadcastTo([2, 4])],
  concat: ["np.concatenate", ({ x, y }) => x.concat([y])],
  stack: ["np.stack", ({ x, y }) => x.stack([y], { axis: 1 })],
  hstack: ["np.hstack", ({ x, y }) => x.hstack([y])],
  vstack: ["np.vstack", ({ x, y }) => x.vstack([y])],
  split: ["np.split", ({ x }) => x.split(2)[1]!],
  copy: ["np.copy", ({ x }) => x.copy()],
  tile: ["np.tile", ({ s }) => s.tile(2)],
  repeat: ["np.repeat", ({ s }) => s.repeat(2)],
  flip: ["np.flip", ({ x }) => x.flip()],
  fliplr: ["np.fliplr", ({ m }) => m.fliplr()],
  flipud: ["np.flipud", ({ m }) => m.flipud()],
  rot90: ["np.rot90", ({ m }) => m.rot90()],
  insert: ["np.insert", ({ x }) => x.insert(1, [7, 8])],
  append: ["np.append", ({ x, y }) => x.append(y)],
  delete: ["np.delete", ({ x }) => x.delete([0, 2])],
  roll: ["np.roll", ({ x }) => x.roll(1)],
  pad: ["np.pad", ({ s }) => s.pad([1, 2], { mode: "edge" })],
  diagonal: ["np.diagonal", ({ m }) => m.diagonal()],
  diag: ["np.diag", ({ b }) => b.slice([0, 2]).diag()],
  tril: ["np.tril", ({ m }) => m.tril()],
  triu: ["np.triu", ({ m }) => m.triu()],

  slice: ["x[a:b, i]", ({ m }) => m.slice(null, [0, 2])],
  at: ["x[i, j]", ({ x, i }) => x.at(i)],
  take: ["np.take", ({ x, e }) => x.take(e)],
  set: ["x[i] = v", ({ x }) => x.set([[1, 3]], 0)],
  takeAlongAxis: [
    "np.take_along_axis",
    ({ m }) =>
      m.takeAlongAxis(
        [
          [2, 0],
          [1, 1],
        ],
        1,
      ),
  ],
  putAlongAxis: ["np.put_along_axis", ({ m }) => m.putAlongAxis([[2], [0]], 9, 1)],
  compress: ["np.compress", ({ x }) => x.compress([true, false, true, true])],

  lookup: [null, ({ y }) => y.lookup([5, 3, 8, 1, 9, 2, 7, 4])],
  map: ["np.vectorize", ({ x }) => x.map((v) => (v * v) % 7)],
  map2: ["np.vectorize", ({ b, y }) => b.map2(y, (p, q) => (p === 1 ? q % 3 : -1))],
  multivariate: ["np.vectorize", ({ b, y }) => b.multivariate([y, b], (p, q, r) => p + q * r)],

  lt: ["np.less", ({ x, y }) => x.lt(y)],
  le: ["np.less_equal", ({ x }) => x.le(3)],
  gt: ["np.greater", ({ x }) => x.gt(3)],
  ge: ["np.greater_equal", ({ x, y }) => x.ge(y)],
  eq: ["np.equal", ({ x, y }) => x.eq(y)],
  ne: ["np.not_equal", ({ x }) => x.ne(4)],
  logicalAnd: ["np.logical_and", ({ b, y }) => b.logicalAnd(y.gt(1))],
  logicalOr: ["np.logical_or", ({ b, y }) => b.logicalOr(y.gt(1))],
  logicalXor: ["np.logical_xor", ({ b, y }) => b.logicalXor(y.gt(1))],
  logicalNot: ["np.logical_not", ({ s }) => s.logicalNot()],
  any: ["np.any", ({ b }) => b.any()],
  all: ["np.all", ({ b }) => b.all()],
  countNonzero: ["np.count_nonzero", ({ s }) => s.countNonzero()],
  isin: ["np.isin", ({ x }) => x.isin([1, 4])],
  searchsorted: ["np.searchsorted", ({ x }) => constant([1, 4, 6]).searchsorted(x)],
  bincount: ["np.bincount", ({ y }) => y.bincount()],
  histogram: ["np.histogram", ({ x }) => x.histogram(3, [0, 9])[0]!],

  where: ["np.where", ({ b, x, y }) => b.where(x, y)],
  select: ["np.select", ({ x, y }) => select([x.gt(8), x.gt(2)], [y, 5])],
  choose: ["np.choose", ({ b, y }) => b.choose([y, 9])],
  maximum: ["np.maximum", ({ x, y }) => x.maximum(y)],
  minimum: ["np.minimum", ({ x }) => x.minimum(3)],
  clip: ["np.clip", ({ x }) => x.clip(2, 5)],
  relu: [null, ({ s }) => s.relu()],
  abs: ["np.abs", ({ s }) => s.abs()],
  sign: ["np.sign", ({ s }) => s.sign()],

  max: ["np.max", ({ m }) => m.max({ axis: 1 })],
  min: ["np.min", ({ m }) => m.min({ axis: 1 })],
  argmax: ["np.argmax", ({ x }) => x.argmax()],
  argmin: ["np.argmin", ({ x }) => x.argmin()],
  ptp: ["np.ptp", ({ y }) => y.ptp()],
  maxPool1d: [null, ({ x }) => x.maxPool1d(2)],
  maxPool2d: [null, ({ image }) => image.maxPool2d(2)],
  maxPool3d: [null, ({ image }) => image.reshape([2, 2, 4]).maxPool3d([2, 2, 2])],
  globalMaxPool: [null, ({ image }) => image.globalMaxPool()],
  sort: ["np.sort", ({ y }) => y.sort()],
  argsort: ["np.argsort", ({ y }) => y.argsort()],
  topK: [null, ({ y }) => y.topK(2)],
  argTopK: [null, ({ y }) => y.argTopK(2)],
  median: ["np.median", ({ y }) => y.slice([0, 3]).median()],

  pow: ["np.power", ({ s }) => s.pow(3)],
  floorDiv: ["np.floor_divide", ({ x }) => x.floorDiv(2)],
  mod: ["np.mod", ({ s }) => s.mod(3)],
  divmod: ["np.divmod", ({ x }) => x.divmod(4)[1]!],
  fmod: ["np.fmod", ({ s }) => s.fmod(2)],
  gcd: ["np.gcd", ({ x }) => x.gcd(6)],
  lcm: ["np.lcm", ({ y }) => y.lcm(4)],

  and: ["np.bitwise_and", ({ x }) => x.and(5)],
  or: ["np.bitwise_or", ({ x, y }) => x.or(y)],
  xor: ["np.bitwise_xor", ({ x }) => x.xor(1)],
  not: ["np.invert", ({ x }) => x.not()],
  shl: ["np.left_shift", ({ x }) => x.shl(2)],
  shr: ["np.right_shift", ({ x }) => x.shr(1)],
  bits: [null, ({ x }) => x.bits([1, 3])],
  bitwiseCount: ["np.bitwise_count", ({ x }) => x.bitwiseCount()],
  roundBits: [null, ({ x }) => x.roundBits(2)],
  truncateBits: [null, ({ x }) => x.truncateBits(2)],

  div: ["np.divide", ({ x }) => x.div(4).round()],
  reciprocal: ["np.reciprocal", ({ x }) => x.clip(1, 15).reciprocal().mul(100).round()],
  sqrt: ["np.sqrt", ({ x }) => x.sqrt().mul(100).round()],
  cbrt: ["np.cbrt", ({ x }) => x.cbrt().mul(100).round()],
  exp: ["np.exp", ({ s }) => s.exp().mul(100).round()],
  exp2: ["np.exp2", ({ s }) => s.exp2().mul(100).round()],
  expm1: ["np.expm1", ({ s }) => s.expm1().mul(100).round()],
  log: ["np.log", ({ x }) => x.clip(1, 15).log().mul(100).round()],
  log2: ["np.log2", ({ x }) => x.clip(1, 15).log2().mul(100).round()],
  log10: ["np.log10", ({ x }) => x.clip(1, 15).log10().mul(100).round()],
  log1p: ["np.log1p", ({ x }) => x.log1p().mul(100).round()],
  sin: ["np.sin", ({ x }) => x.sin().mul(100).round()],
  cos: ["np.cos", ({ x }) => x.cos().mul(100).round()],
  tan: ["np.tan", ({ x }) => x.tan().mul(100).round()],
  asin: ["np.arcsin", ({ x }) => x.div(15).asin().mul(100).round()],
  acos: ["np.arccos", ({ x }) => x.div(15).acos().mul(100).round()],
  atan: ["np.arctan", ({ s }) => s.atan().mul(100).round()],
  atan2: ["np.arctan2", ({ s }) => s.atan2(2).mul(100).round()],
  sinh: ["np.sinh", ({ s }) => s.sinh().mul(100).round()],
  cosh: ["np.cosh", ({ s }) => s.cosh().mul(100).round()],
  tanh: ["np.tanh", ({ s }) => s.tanh().mul(100).round()],
  asinh: ["np.arcsinh", ({ s }) => s.asinh().mul(100).round()],
  acosh: ["np.arccosh", ({ x }) => x.clip(1, 15).acosh().mul(100).round()],
  atanh: ["np.arctanh", ({ s }) => s.div(5).atanh().mul(100).round()],
  sigmoid: [null, ({ s }) => s.sigmoid().mul(100).round()],
  hypot: ["np.hypot", ({ x }) => x.hypot(4).mul(10).round()],
  heaviside: ["np.heaviside", ({ s }) => s.heaviside(0.5).mul(2).round()],
  copysign: ["np.copysign", ({ s }) => s.copysign(-1).round()],
  ldexp: ["np.ldexp", ({ x }) => x.ldexp(-1).floor()],
  logaddexp: ["np.logaddexp", ({ x }) => x.logaddexp(3).mul(100).round()],
  logaddexp2: ["np.logaddexp2", ({ x }) => x.logaddexp2(3).mul(100).round()],
  floatPower: ["np.float_power", ({ x }) => x.floatPower(1.5).round()],
  degrees: ["np.degrees", ({ x }) => x.degrees().round()],
  radians: ["np.radians", ({ x }) => x.mul(90).radians().mul(100).round()],
  signbit: ["np.signbit", ({ s }) => s.signbit()],
  isfinite: ["np.isfinite", ({ x }) => x.div(2).isfinite()],
  isinf: ["np.isinf", ({ x }) => x.div(2).isinf()],
  isnan: ["np.isnan", ({ x }) => x.div(2).isnan()],
  spacing: [
    "np.spacing",
    ({ x }) =>
      x
        .spacing()
        .mul(2 ** 52)
        .ceil(),
  ],
  nextafter: ["np.nextafter", ({ x }) => x.nextafter(100).ceil()],

  mean: ["np.mean", ({ m }) => m.mean({ axis: 0 }).round()],
  average: ["np.average", ({ x }) => x.average({ weights: [1, 2, 1, 1] }).round()],
  var: ["np.var", ({ b }) => b.var().mul(100).round()],
  std: ["np.std", ({ b }) => b.std().mul(100).round()],
  avgPool1d: [null, ({ x }) => x.avgPool1d(2).round()],
  avgPool2d: [null, ({ image }) => image.avgPool2d(2).round()],
  avgPool3d: [null, ({ image }) => image.reshape([2, 2, 4]).avgPool3d([2, 2, 2]).round()],
  globalAvgPool: [null, ({ image }) => image.globalAvgPool().round()],

  round: ["np.round", ({ x }) => x.div(2).round()],
  rint: ["np.rint", ({ x }) => x.div(2).rint()],
  floor: ["np.floor", ({ s }) => s.div(2).floor()],
  ceil: ["np.ceil", ({ s }) => s.div(2).ceil()],
  trunc: ["np.trunc", ({ s }) => s.div(2).trunc()],
  toInt: ["ndarray.astype(int)", ({ x }) => x.sqrt().toInt()],

  zerosLike: ["np.zeros_like", ({ x }) => x.zerosLike()],
  onesLike: ["np.ones_like", ({ x }) => x.onesLike()],
  fullLike: ["np.full_like", ({ x }) => x.fullLike(7)],

  assume: [null, ({ x }) => x.assume(0, 9).map((v) => 9 - v)],
  tag: [null, ({ x }) => x.tag("twice", (v) => v.add(v))],
  refresh: [null, ({ x }) => x.refresh()],

  constant: ["np.array", ({ x }) => x.add(constant([1, 2, 3, 4]))],
  zeros: ["np.zeros", ({ x }) => x.add(zeros([4]))],
  ones: ["np.ones", ({ x }) => x.add(ones([4]))],
  full: ["np.full", ({ x }) => x.add(full([4], 7))],
  arange: ["np.arange", ({ x }) => x.mul(arange(4))],
  eye: ["np.eye", ({ m }) => m.matmul(eye(3, 2))],
  linspace: ["np.linspace", ({ x }) => x.mul(linspace(0, 1, 4)).round()],
  tri: ["np.tri", ({ x }) => x.matmul(tri(4))],
  meshgrid: ["np.meshgrid", ({ b, x }) => meshgrid(b.slice([0, 2]), x)[1]!],
  einsum: ["np.einsum", ({ m }) => einsum("ij,ij->i", m, m)],
  identity: ["np.identity", ({ x }) => x.matmul(identity(4))],
  array: [
    "np.array",
    ({ e, i }) =>
      array([
        [e, 5],
        [i, 6],
      ]),
  ],
  table: [null, ({ y }) => y.lookup(table([5, 3, 8, 1, 9, 2, 7, 4]))],
  formula: [null, ({ x }) => formula("x * 2 > 7 ? x : 0", { x })],
}
