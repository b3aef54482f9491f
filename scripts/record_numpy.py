"""Writes tests/numpy/recorded.json.gz: programs over the whole table of operators, with what numpy makes of them.

    python scripts/record_numpy.py [--count 3600] [--seed 11]

A program is a line of JSON: inputs `x` as [lo, hi, shape, values], steps `s` as [name, form, arguments], where form 0 calls
a method of the first argument and form 1 a function, {"v": k} stands for input or step k, and {"o": {...}} for values by
name. A fourth item of a step is the part that it takes of a list of results. `y` is [shape, values], or null where numpy refuses.
Integers beyond 2^53 are texts. `c` is 1 where the program is small enough to be lowered.
"""

import argparse
import gzip
import json
import math
import random
from pathlib import Path

import numpy as np

np.seterr(all="ignore")
FILE = Path(__file__).parent.parent / "tests" / "numpy" / "recorded.json.gz"
SHAPES = [[], [1], [3], [4], [5], [0], [2, 3], [3, 2], [1, 4], [3, 1], [2, 2], [3, 3], [0, 3], [2, 0], [2, 1, 3], [2, 2, 2], [1, 1]]
FULL = [shape for shape in SHAPES if 0 not in shape]


class Skip(Exception):
    """What was drawn says nothing."""


class Refused(Exception):
    """numpy raises."""


class Program:
    """A program under construction. `values` are numpy's, in the order of inputs and steps."""

    def __init__(self, rng):
        self.rng = rng
        self.inputs, self.steps, self.values, self.order, self.small = [], [], [], [], True
        # Doubles of other libraries differ in the last place behind such functions.
        self.loose = False

    def input(self, shape=None, lo=None, hi=None):
        rng = self.rng
        shape = rng.choice(SHAPES) if shape is None else shape
        if lo is None:
            lo, hi = rng.choice([(0, 1), (0, 3), (-3, 4), (-4, 3), (1, 6), (0, 7), (-2, 2), (-8, 7), (2, 5), (-7, -1), (0, 15)])
        size = int(np.prod(shape, dtype=int))
        flat = [rng.choice([lo, hi, rng.randint(lo, hi), rng.randint(lo, hi)]) for _ in range(size)]
        if size > 1 and rng.random() < 0.3:
            flat[rng.randrange(size)] = flat[rng.randrange(size)]
        self.inputs.append([lo, hi, shape, flat])
        self.small &= hi - lo < 16 and size <= 9
        self.values.append(np.array(flat, dtype=np.int64).reshape(shape))
        self.order.append(("x", len(self.inputs) - 1))
        return len(self.values) - 1

    def step(self, name, args, run, form=None, part=None):
        """Appends a call; `run` gives numpy's result, whose `part` is taken where it is a list."""
        form = self.rng.randrange(2) if form is None else form
        self.steps.append([name, form, args] if part is None else [name, form, args, part])
        try:
            result = run()
        except (ValueError, IndexError, TypeError, np.exceptions.AxisError, ZeroDivisionError) as error:
            raise Refused from error
        if part is not None:
            result = result[part]
        result = np.asarray(result)
        if result.dtype == bool or result.dtype.kind == "u" or result.dtype.kind == "i":
            result = result.astype(np.int64)
        self.values.append(result)
        self.order.append(("s", len(self.steps) - 1))
        return len(self.values) - 1

    def numbered(self, item):
        """References as the file has them: inputs first, then steps."""
        if isinstance(item, list):
            return [self.numbered(each) for each in item]
        if isinstance(item, dict) and "v" in item:
            kind, k = self.order[item["v"]]
            return ref(k if kind == "x" else len(self.inputs) + k)
        return item


def ref(k):
    return {"v": k}


def named(**options):
    return {"o": options}


def lit(array):
    return np.asarray(array).tolist()


def axis_of(rng, rank, wrong=0.04):
    if rank == 0 or rng.random() < wrong:
        return rng.choice([rank, rank + 1, -rank - 1])
    return rng.randint(-rank, rank - 1)


def axes_of(rng, rank):
    r = rng.random()
    if r < 0.25:
        return None
    if r < 0.75 or rank < 2:
        return axis_of(rng, rank)
    return sorted(rng.sample(range(rank), rng.randint(1, rank)))


def np_axis(axis):
    return tuple(axis) if isinstance(axis, list) else axis


def given(rng, **options):
    """Options by name, or what can be in order in order; the first name is numpy's first place."""
    options = {k: v for k, v in options.items() if v is not DROP}
    if not options:
        return []
    keys = list(options)
    if keys[0] in POSITIONAL and rng.random() < 0.5:
        first = options.pop(keys[0])
        return [first] + ([named(**options)] if options else [])
    return [named(**options)]


POSITIONAL = {"axis", "k", "decimals", "n", "offset", "mode", "side", "axes", "weights", "bins", "minlength", "num"}
DROP = object()


def maybe(rng, value, share=0.5):
    return value if rng.random() < share else DROP


def other(p, k, lo=-4, hi=6, low=None):
    """A second operand for value k: a literal or an input that broadcasts against it, sometimes one that does not."""
    rng = p.rng
    shape = list(p.values[k].shape)
    r = rng.random()
    if r < 0.35:
        shape = []
    elif r < 0.5:
        shape = shape[rng.randint(0, len(shape)):]
    elif r < 0.65:
        shape = [1 if rng.random() < 0.4 else d for d in shape]
    elif r < 0.7:
        shape = [2] + shape
    elif r < 0.74:
        shape = rng.choice(FULL)
    if low is not None:
        lo = max(lo, low)
    if rng.random() < 0.5:
        j = p.input(shape, lo, hi)
        return ref(j), p.values[j]
    array = np.array([rng.randint(lo, hi) for _ in range(int(np.prod(shape, dtype=int)))], dtype=np.int64).reshape(shape)
    if array.size == 0:
        raise Skip
    return lit(array), array


# --- Operators, each a function of a program and the number of an integer value that draws a call and gives its number.


def elementwise(p, k):
    x, rng = p.values[k], p.rng
    name, run = rng.choice(
        [
            ("neg", lambda: -x), ("negative", lambda: np.negative(x)), ("abs", lambda: np.abs(x)), ("sign", lambda: np.sign(x)),
            ("square", lambda: np.square(x)), ("relu", lambda: np.maximum(x, 0)), ("not", lambda: ~x), ("invert", lambda: np.invert(x)),
            ("bitwiseCount", lambda: np.bitwise_count(x)), ("logicalNot", lambda: np.logical_not(x)), ("copy", lambda: x),
            ("zerosLike", lambda: np.zeros_like(x)), ("onesLike", lambda: np.ones_like(x)), ("positive", lambda: +x),
            ("signbit", lambda: np.signbit(x)), ("isfinite", lambda: np.isfinite(x)), ("round", lambda: np.round(x)), ("floor", lambda: np.floor(x).astype(int)),
        ]
    )
    return p.step(name, [ref(k)], run)


def binary(p, k):
    x, rng = p.values[k], p.rng
    y, b = other(p, k)
    name, run = rng.choice(
        [
            ("add", np.add), ("sub", np.subtract), ("mul", np.multiply), ("subtract", np.subtract), ("maximum", np.maximum), ("minimum", np.minimum),
            ("fmax", np.fmax), ("lt", np.less), ("le", np.less_equal), ("gt", np.greater), ("ge", np.greater_equal), ("eq", np.equal), ("ne", np.not_equal),
            ("greaterEqual", np.greater_equal), ("logicalAnd", np.logical_and), ("logicalOr", np.logical_or), ("logicalXor", np.logical_xor),
            ("and", np.bitwise_and), ("or", np.bitwise_or), ("xor", np.bitwise_xor), ("bitwiseXor", np.bitwise_xor),
        ]
    )
    if rng.random() < 0.25:
        return p.step(name, [y, ref(k)], lambda: run(b, x), form=1)
    return p.step(name, [ref(k), y], lambda: run(x, b))


def divisions(p, k):
    x, rng = p.values[k], p.rng
    y, b = other(p, k, *rng.choice([(1, 5), (-4, -1), (2, 7)]))
    name, run, part = rng.choice(
        [("floorDiv", np.floor_divide, None), ("mod", np.mod, None), ("fmod", np.fmod, None), ("remainder", np.remainder, None),
         ("floorDivide", np.floor_divide, None), ("divmod", np.divmod, rng.randrange(2))]
    )
    return p.step(name, [ref(k), y], lambda: run(x, b), part=part)


def by_zero(p, k):
    raise Skip


def whole_numbers(p, k):
    x, rng = p.values[k], p.rng
    r = rng.randrange(5)
    if r == 0:
        n = rng.randint(0, 4)
        return p.step(rng.choice(["pow", "power"]), [ref(k), n], lambda: np.power(x, n))
    if r == 1:
        n = rng.randint(0, 6)
        return p.step(*rng.choice([("shl", [ref(k), n], lambda: x << n), ("shr", [ref(k), n], lambda: x >> n), ("leftShift", [ref(k), n], lambda: np.left_shift(x, n))]))
    if r == 2:
        lo, hi = sorted([rng.randint(-5, 5), rng.randint(-5, 5)])
        return p.step("clip", [ref(k), lo, hi], lambda: np.clip(x, lo, hi))
    if abs(x).max(initial=0) > 40:
        raise Skip
    y, b = other(p, k, 0, 7)
    name, run = rng.choice([("gcd", np.gcd), ("lcm", np.lcm)])
    return p.step(name, [ref(k), y], lambda: run(x, b))


def choices(p, k):
    x, rng = p.values[k], p.rng
    c = p.input(list(x.shape), 0, 1)
    cond = p.values[c]
    r = rng.randrange(4)
    y, b = other(p, k)
    if r == 0:
        return p.step("where", [ref(c), ref(k), y], lambda: np.where(cond, x, b))
    if r == 1:
        j = p.input(list(x.shape), 0, 2)
        z = [ref(k), y, 7]
        mode = rng.choice([DROP, "wrap", "clip"])
        return p.step("choose", [ref(j), z] + given(rng, mode_=DROP) + ([named(mode=mode)] if mode is not DROP else []), lambda: np.choose(p.values[j], [x, b, 7]))
    if r == 2:
        d = p.input(list(x.shape), 0, 1)
        z = rng.choice([DROP, 5])
        return p.step("select", [[ref(c), ref(d)], [ref(k), y]] + ([] if z is DROP else [z]),
                      lambda: np.select([cond.astype(bool), p.values[d].astype(bool)], [x, b], 0 if z is DROP else z), form=1)
    j = p.input(list(x.shape), -3, 4)
    mode = rng.choice(["wrap", "clip"])
    z = [rng.randint(-9, 9) for _ in range(3)]
    return p.step("choose", [ref(j), z, named(mode=mode)], lambda: np.choose(p.values[j], z, mode=mode))


def reductions(p, k):
    x, rng = p.values[k], p.rng
    axis = axes_of(rng, x.ndim)
    keep = maybe(rng, True, 0.3)
    name, run = rng.choice(
        [("sum", np.sum), ("prod", np.prod), ("max", np.max), ("min", np.min), ("any", np.any), ("all", np.all), ("countNonzero", np.count_nonzero), ("ptp", np.ptp)]
    )
    if name == "prod" and abs(x).max(initial=0) ** max(1, x.size) > 2**60:
        raise Skip
    p.small &= x.size <= 6
    return p.step(name, [ref(k)] + given(rng, axis=axis if axis is not None else maybe(rng, None), keepDims=keep),
                  lambda: run(x, axis=np_axis(axis), keepdims=keep is not DROP))


def places(p, k):
    x, rng = p.values[k], p.rng
    axis = None if rng.random() < 0.3 else axis_of(rng, x.ndim)
    keep = maybe(rng, True, 0.3)
    name, run = rng.choice([("argmax", np.argmax), ("argmin", np.argmin)])
    p.small &= x.size <= 4
    return p.step(name, [ref(k)] + given(rng, axis=axis if axis is not None else maybe(rng, None), keepDims=keep),
                  lambda: run(x, axis=axis, keepdims=keep is not DROP))


def orders(p, k):
    x, rng = p.values[k], p.rng
    axis = DROP if rng.random() < 0.3 else axis_of(rng, x.ndim)
    ax = -1 if axis is DROP else axis
    p.small &= x.size <= 4
    name, run = rng.choice([("sort", lambda: np.sort(x, axis=ax)), ("argsort", lambda: np.argsort(x, axis=ax, kind="stable"))])
    return p.step(name, [ref(k)] + given(rng, axis=axis), run)


def scans(p, k):
    x, rng = p.values[k], p.rng
    axis = DROP if rng.random() < 0.3 else axis_of(rng, x.ndim)
    ax = None if axis is DROP else axis
    r = rng.randrange(3)
    if r == 0:
        return p.step("cumsum", [ref(k)] + given(rng, axis=axis), lambda: np.cumsum(x, axis=ax))
    if r == 1:
        if abs(x).max(initial=0) ** max(1, x.size) > 2**60:
            raise Skip
        return p.step("cumprod", [ref(k)] + given(rng, axis=axis), lambda: np.cumprod(x, axis=ax))
    n = rng.choice([DROP, 0, 1, 2])
    return p.step("diff", [ref(k)] + given(rng, n=n, axis=axis), lambda: np.diff(x, n=1 if n is DROP else n, axis=-1 if axis is DROP else axis))


def shapes(p, k):
    x, rng = p.values[k], p.rng
    rank = x.ndim
    axis = axis_of(rng, rank)
    options = [
        lambda: p.step("reshape", [ref(k), [-1, 1]], lambda: x.reshape(-1, 1)),
        lambda: p.step("reshape", [ref(k), list(x.shape[::-1])], lambda: x.reshape(x.shape[::-1])),
        lambda: p.step("reshape", [ref(k), [x.size]], lambda: x.reshape([x.size])),
        lambda: p.step("ravel", [ref(k)], lambda: x.ravel()),
        lambda: p.step("flatten", [ref(k)], lambda: x.ravel()),
        lambda: p.step("transpose", [ref(k)], lambda: np.transpose(x)),
        lambda: p.step("expandDims", [ref(k), axis], lambda: np.expand_dims(x, axis)),
        lambda: p.step("squeeze", [ref(k)], lambda: np.squeeze(x)),
        lambda: p.step("squeeze", [ref(k)] + given(rng, axis=axis), lambda: np.squeeze(x, axis=axis)),
        lambda: p.step("broadcastTo", [ref(k), [2] + list(x.shape)], lambda: np.broadcast_to(x, [2] + list(x.shape))),
        lambda: p.step("swapAxes", [ref(k), axis, 0], lambda: np.swapaxes(x, axis, 0)),
        lambda: p.step("moveAxis", [ref(k), axis, -1], lambda: np.moveaxis(x, axis, -1)),
        lambda: p.step("flip", [ref(k)] + given(rng, axis=axis), lambda: np.flip(x, axis=axis)),
        lambda: p.step("flip", [ref(k)], lambda: np.flip(x)),
        lambda: p.step("fliplr", [ref(k)], lambda: np.fliplr(x)),
        lambda: p.step("flipud", [ref(k)], lambda: np.flipud(x)),
        lambda: p.step("atleast", [], None),
    ]
    if rank >= 1:
        order = rng.sample(range(rank), rank)
        options.append(lambda: p.step("transpose", [ref(k), order], lambda: np.transpose(x, order)))
        shift = rng.randint(-4, 4)
        options.append(lambda: p.step("roll", [ref(k), shift] + given(rng, axis=axis), lambda: np.roll(x, shift, axis=axis)))
        options.append(lambda: p.step("roll", [ref(k), shift], lambda: np.roll(x, shift)))
        times = rng.randint(0, 3)
        options.append(lambda: p.step("repeat", [ref(k), times] + given(rng, axis=axis), lambda: np.repeat(x, times, axis=axis)))
        options.append(lambda: p.step("tile", [ref(k), [2, times]], lambda: np.tile(x, [2, times])))
        turns = rng.randint(-3, 5)
        options.append(lambda: p.step("rot90", [ref(k)] + given(rng, k=turns), lambda: np.rot90(x, turns)))
        if rank >= 2:
            axes = rng.sample(range(-rank, rank), 2)
            options.append(lambda: p.step("rot90", [ref(k), turns, axes], lambda: np.rot90(x, turns, axes)))
            options.append(lambda: p.step("rot90", [ref(k)] + given(rng, axes=axes), lambda: np.rot90(x, axes=axes)) if False else p.step("rot90", [ref(k), named(k=turns, axes=axes)], lambda: np.rot90(x, turns, axes)))
    options.pop(16)
    return rng.choice(options)()


def diagonals(p, k):
    x, rng = p.values[k], p.rng
    offset = rng.choice([DROP, 0, 1, -1, 2])
    o = 0 if offset is DROP else offset
    r = rng.randrange(4)
    if r == 0:
        return p.step("diag", [ref(k)] + given(rng, offset=offset), lambda: np.diag(x, o)) if x.ndim < 3 else p.step("diagonal", [ref(k)] + given(rng, offset=offset), lambda: np.diagonal(x, o))
    if r == 1:
        extra = {"axis1": 0, "axis2": -1} if rng.random() < 0.4 else {}
        name, run = rng.choice([("diagonal", np.diagonal), ("trace", np.trace)])
        return p.step(name, [ref(k)] + given(rng, offset=offset, **extra), lambda: run(x, o, **extra))
    name, run = rng.choice([("tril", np.tril), ("triu", np.triu)])
    if x.ndim == 0:
        raise Skip
    return p.step(name, [ref(k)] + given(rng, k=offset), lambda: run(x, o))


def joins(p, k):
    x, rng = p.values[k], p.rng
    shape = list(x.shape)
    axis = axis_of(rng, max(1, len(shape)))
    if shape and rng.random() < 0.4:
        shape[axis if -len(shape) <= axis < len(shape) else 0] = rng.randint(0, 3)
    j = p.input(shape)
    y = p.values[j]
    both = [ref(k), ref(j)] if rng.random() < 0.8 else [ref(k), ref(j), ref(k)]
    arrays = [p.values[b["v"]] for b in both]
    drop = rng.random() < 0.3
    ax = 0 if drop else axis
    name, run = rng.choice(
        [("concat", lambda: np.concatenate(arrays, axis=ax)), ("stack", lambda: np.stack(arrays, axis=ax)), ("hstack", lambda: np.hstack(arrays)), ("vstack", lambda: np.vstack(arrays)),
         ("append", lambda: np.append(x, y, axis=None if drop else axis))]
    )
    if name == "append":
        return p.step(name, [ref(k), ref(j)] + ([] if drop else given(rng, axis=axis)), run)
    if name in ("hstack", "vstack"):
        return p.step(name, [both], run, form=1)
    return p.step(name, [both] + ([] if drop else given(rng, axis=axis)), run, form=1)


def splits(p, k):
    x, rng = p.values[k], p.rng
    axis = axis_of(rng, x.ndim)
    if x.ndim == 0:
        raise Skip
    parts = rng.choice([1, 2, 3, [1], [0, 2], [1, 2]])
    count = parts if isinstance(parts, int) else len(parts) + 1
    return p.step("split", [ref(k), parts] + given(rng, axis=axis), lambda: np.split(x, parts, axis=axis), part=rng.randrange(count))


def pads(p, k):
    x, rng = p.values[k], p.rng
    if x.ndim == 0:
        raise Skip
    width = rng.choice([1, 2, [1, 2], [[rng.randint(0, 2), rng.randint(0, 2)] for _ in range(x.ndim)]])
    mode = rng.choice(["constant", "edge", "reflect", "wrap", "symmetric"])
    if mode == "constant" and rng.random() < 0.6:
        return p.step("pad", [ref(k), width], lambda: np.pad(x, width))
    return p.step("pad", [ref(k), width, mode] if rng.random() < 0.5 else [ref(k), width, named(mode=mode)], lambda: np.pad(x, width, mode=mode))


def bound(rng, extent):
    return rng.choice([None, None, 0, 1, -1, rng.randint(-extent - 1, extent + 1)])


def entries_of(rng, shape, share=0.3):
    """Entries of a slice, and the same for numpy."""
    mine, theirs = [], []
    for extent in shape[: rng.randint(1, max(1, len(shape)))]:
        if rng.random() < share and extent > 0:
            i = rng.randint(-extent, extent - 1) if rng.random() < 0.95 else extent
            mine.append(i)
            theirs.append(i)
        else:
            step = rng.choice([None, None, 1, 2, -1, -2])
            a, b = bound(rng, extent), bound(rng, extent)
            mine.append([a, b] if step is None else [a, b, step])
            theirs.append(slice(a, b, step))
    return mine, tuple(theirs)


def slices(p, k):
    x, rng = p.values[k], p.rng
    if x.ndim == 0:
        raise Skip
    mine, theirs = entries_of(rng, x.shape)
    if rng.random() < 0.7:
        return p.step("slice", [ref(k)] + mine, lambda: x[theirs])
    part = x[theirs]
    r = rng.random()
    if r < 0.4:
        value, b = rng.randint(-5, 5), None
        b = value
    elif r < 0.8:
        j = p.input(list(part.shape)) if part.size else None
        if j is None:
            raise Skip
        value, b = ref(j), p.values[j]
    else:
        value = [rng.randint(-5, 5)]
        b = np.array(value)

    def put():
        result = x.copy()
        result[theirs] = b
        return result

    return p.step("set", [ref(k), mine, value], put)


def indexing(p, k):
    x, rng = p.values[k], p.rng
    if x.ndim == 0 or x.size == 0:
        raise Skip
    n = x.shape[0]
    r = rng.randrange(6)
    places_ = [rng.randint(-n, n - 1) for _ in range(rng.randint(1, 4))]
    if rng.random() < 0.05:
        places_[0] = n
    if r == 0:
        return p.step("at", [ref(k), places_], lambda: x[places_])
    if r == 1:
        axis = axis_of(rng, x.ndim)
        extent = x.shape[axis] if -x.ndim <= axis < x.ndim else 1
        wanted = [rng.randint(-extent, extent - 1) for _ in range(rng.randint(1, 3))]
        return p.step("take", [ref(k), wanted] + given(rng, axis=axis), lambda: np.take(x, wanted, axis=axis))
    if r == 2:
        wanted = [[rng.randint(-x.size, x.size - 1)] for _ in range(2)]
        return p.step("take", [ref(k), wanted], lambda: np.take(x, wanted))
    if r == 3:
        mask = [rng.random() < 0.5 for _ in range(n if rng.random() < 0.93 else n + 1)]
        if rng.random() < 0.5:
            return p.step("at", [ref(k), mask], lambda: x[np.array(mask, dtype=bool)])
        return p.step("slice", [ref(k), mask], lambda: x[np.array(mask, dtype=bool)])
    if r == 4:
        whole = np.array([rng.random() < 0.5 for _ in range(x.size)], dtype=bool).reshape(x.shape)
        if rng.random() < 0.5:
            return p.step("at", [ref(k), lit(whole)], lambda: x[whole])
        value = rng.randint(-5, 5)

        def put():
            result = x.copy()
            result[whole] = value
            return result

        return p.step("set", [ref(k), [lit(whole)], value], put)
    if x.ndim < 2:
        raise Skip
    m = x.shape[1]
    second = [rng.randint(-m, m - 1) for _ in places_]
    return p.step("at", [ref(k), places_, second], lambda: x[places_, second])


def secret_indexing(p, k):
    x, rng = p.values[k], p.rng
    if x.ndim == 0 or x.size == 0:
        raise Skip
    n = x.shape[0]
    lo = rng.choice([0, -n])
    j = p.input(rng.choice([[], [2], [3], [0]]), lo, n - 1)
    i = p.values[j]
    r = rng.randrange(4)
    if r == 0:
        return p.step("at", [ref(k), ref(j)], lambda: x[i])
    if r == 1:
        return p.step("take", [ref(k), ref(j)] + given(rng, axis=0), lambda: np.take(x, i, axis=0))
    if r == 2:
        return p.step("slice", [ref(k), ref(j)], lambda: x[i])
    if i.ndim > 0:
        raise Skip
    value = rng.randint(-5, 5)

    def put():
        result = x.copy()
        result[i] = value
        return result

    return p.step("set", [ref(k), [ref(j)], value], put)


def along(p, k):
    x, rng = p.values[k], p.rng
    if x.ndim == 0:
        raise Skip
    axis = rng.choice([None, axis_of(rng, x.ndim)])
    base = x.ravel() if axis is None else x
    ax = 0 if axis is None else axis
    if not -base.ndim <= ax < base.ndim or base.shape[ax] == 0:
        raise Skip
    shape = list(base.shape)
    shape[ax] = rng.randint(1, 3)
    if rng.random() < 0.2:
        shape = [1 if i != ax % base.ndim and rng.random() < 0.5 else d for i, d in enumerate(shape)]
    extent = base.shape[ax]
    secret = rng.random() < 0.4
    if secret:
        j = p.input(shape, rng.choice([0, -extent]), extent - 1)
        idx, i = ref(j), p.values[j]
    else:
        i = np.array([rng.randint(-extent, extent - 1) for _ in range(int(np.prod(shape)))], dtype=np.int64).reshape(shape)
        if i.size == 0:
            raise Skip
        idx = lit(i)
    if rng.random() < 0.6:
        return p.step("takeAlongAxis", [ref(k), idx] + given(rng, axis=axis), lambda: np.take_along_axis(x, i, axis))
    value = rng.choice([rng.randint(-5, 5), None])
    if value is None:
        j = p.input(list(i.shape))
        v, b = ref(j), p.values[j]
    else:
        v, b = value, value

    def put():
        result = x.copy()
        np.put_along_axis(result, i, b, axis)
        return result

    return p.step("putAlongAxis", [ref(k), idx, v] + given(rng, axis=axis), put)


def edits(p, k):
    x, rng = p.values[k], p.rng
    if x.ndim == 0:
        raise Skip
    axis = rng.choice([None, axis_of(rng, x.ndim)])
    extent = x.size if axis is None else (x.shape[axis] if -x.ndim <= axis < x.ndim else 2)
    options = [] if axis is None else given(rng, axis=axis)
    r = rng.randrange(3)
    spot = lambda more=0: rng.randint(-extent, extent - 1 + more) if extent + more > 0 and rng.random() < 0.95 else extent + 1
    if r == 0:
        where = rng.choice([spot(), [spot() for _ in range(rng.randint(1, 3))]])
        if isinstance(where, list) and len(where) == extent and rng.random() < 0.5:
            where = [rng.random() < 0.5 for _ in range(extent)]
        return p.step("delete", [ref(k), where] + options, lambda: np.delete(x, where, axis=axis))
    if r == 1:
        mask = [rng.random() < 0.5 for _ in range(rng.randint(1, max(1, extent)))]
        if rng.random() < 0.5:
            return p.step("compress", [mask, ref(k)] + options, lambda: np.compress(mask, x, axis=axis), form=1)
        return p.step("compress", [ref(k), mask] + options, lambda: np.compress(mask, x, axis=axis), form=0)
    where = rng.choice([spot(1), [spot(1) for _ in range(rng.randint(1, 3))]])
    rows = 1 if isinstance(where, int) else len(where)
    value = rng.choice([rng.randint(-5, 5), [rng.randint(-5, 5) for _ in range(rng.choice([rows, 2]))]])
    if rng.random() < 0.3 and axis is not None and -x.ndim <= axis < x.ndim:
        shape = list(x.shape)
        shape[axis] = rows
        if 0 not in shape:
            j = p.input(shape)
            return p.step("insert", [ref(k), where, ref(j)] + options, lambda: np.insert(x, where, p.values[j], axis=axis))
    return p.step("insert", [ref(k), where, value] + options, lambda: np.insert(x, where, value, axis=axis))


def products(p, k):
    x, rng = p.values[k], p.rng
    if abs(x).max(initial=0) > 2**25:
        raise Skip
    shape = list(x.shape)
    r = rng.randrange(9)
    if r < 4:
        inner = shape[-1] if shape else 1
        second = rng.choice([[inner], [inner, 2], [2, inner, 3], shape[::-1], [1, inner]])
        j = p.input(second)
        y = p.values[j]
        name, run = rng.choice([("dot", np.dot), ("matmul", np.matmul), ("inner", np.inner), ("outer", np.outer), ("vdot", np.vdot)])
        return p.step(name, [ref(k), ref(j)], lambda: run(x, y))
    if r == 4:
        j = p.input(rng.choice([shape, shape[::-1], [2], [2, 2]]))
        y = p.values[j]
        axes = rng.choice([0, 1, 2, [0, 0], [[0], [-1]], [[0, 1], [1, 0]], [[-1], [0]]])
        return p.step("tensordot", [ref(k), ref(j), axes], lambda: np.tensordot(x, y, axes))
    if r == 5:
        j = p.input(rng.choice([[2], [2, 1], [1, 2, 2], []]))
        return p.step("kron", [ref(k), ref(j)], lambda: np.kron(x, p.values[j]))
    if r == 6:
        a, b = p.input(rng.choice([[3], [2, 3], [2]])), p.input(rng.choice([[3], [2, 3], [2]]))
        return p.step("cross", [ref(a), ref(b)], lambda: np.cross(p.values[a], p.values[b]))
    a, b = p.input(rng.choice([[1], [3], [4], [5]])), p.input(rng.choice([[1], [2], [3], [6]]))
    mode = rng.choice([DROP, "full", "same", "valid"])
    name, run, usual = rng.choice([("convolve", np.convolve, "full"), ("correlate", np.correlate, "valid")])
    m = usual if mode is DROP else mode
    return p.step(name, [ref(a), ref(b)] + given(rng, mode=mode), lambda: run(p.values[a], p.values[b], m))


def sums(p, k):
    rng = p.rng
    text, shapes_ = rng.choice(
        [
            ("ij,jk->ik", [[2, 3], [3, 2]]), ("ij,jk", [[2, 3], [3, 2]]), ("ii", [[3, 3]]), ("ii->i", [[3, 3]]), ("ij->ji", [[2, 3]]), ("ij->", [[2, 3]]),
            ("i,i", [[4], [4]]), ("i,j->ij", [[2], [3]]), ("ij,ij->i", [[2, 3], [2, 3]]), ("bij,bjk->bik", [[2, 2, 3], [2, 3, 2]]), ("...i->...", [[2, 2, 3]]),
            ("...ij,...jk->...ik", [[2, 2, 3], [3, 2]]), ("i...->...i", [[2, 3]]), ("ij,j,jk->ik", [[2, 3], [3], [3, 2]]), ("ij,kl->ijkl", [[2, 1], [1, 2]]),
            ("ba", [[2, 3]]), ("ijk->kj", [[2, 2, 3]]), ("iij->j", [[2, 2, 3]]), ("i,ij,j->", [[2], [2, 3], [3]]), (" ij , jk -> ik ", [[2, 3], [3, 2]]),
            ("ij,jk->ik", [[2, 3], [2, 2]]), ("ij,jk->iz", [[2, 3], [3, 2]]), ("ij", [[2]]), ("ij,jk", [[2, 3]]), ("ij->ii", [[2, 2]]), ("aB,Bc", [[2, 3], [3, 1]]), ("ij,j", [[2, 1], [3]]),
        ]
    )
    ks = [p.input(shape) for shape in shapes_]
    return p.step("einsum", [text] + [ref(k) for k in ks], lambda: np.einsum(text, *[p.values[k] for k in ks]), form=1)


def membership(p, k):
    x, rng = p.values[k], p.rng
    r = rng.randrange(4)
    if r == 0:
        wanted = [rng.randint(-4, 6) for _ in range(rng.randint(1, 4))]
        invert = maybe(rng, True, 0.3)
        return p.step("isin", [ref(k), wanted] + given(rng, invert=invert), lambda: np.isin(x, wanted, invert=invert is not DROP))
    if r == 1:
        j = p.input(rng.choice([[2], [0], [2, 2]]))
        return p.step("isin", [ref(k), ref(j)], lambda: np.isin(x, p.values[j]))
    side = rng.choice([DROP, "left", "right"])
    if r == 2:
        known = sorted(rng.randint(-5, 7) for _ in range(rng.randint(1, 5)))
        return p.step("searchsorted", [known, ref(k)] + given(rng, side=side), lambda: np.searchsorted(known, x, side="left" if side is DROP else side), form=1)
    j = p.input(rng.choice([[2], [3]]))
    s = p.step("sort", [ref(j)], lambda: np.sort(p.values[j]))
    return p.step("searchsorted", [ref(s), ref(k)] + given(rng, side=side), lambda: np.searchsorted(p.values[s], x, side="left" if side is DROP else side))


def counts(p, k):
    rng = p.rng
    if rng.random() < 0.5:
        hi = rng.choice([1, 3, 5])
        j = p.input(rng.choice([[4], [1], [0], [6]]), 0, hi)
        # numpy's result ends at the largest value that occurs; a least length above the range makes both alike.
        length = hi + 1 + rng.randint(0, 2)
        x = p.values[j]
        if rng.random() < 0.4:
            w = p.input(list(x.shape))
            return p.step("bincount", [ref(j), ref(w), named(minlength=length)], lambda: np.bincount(x, p.values[w], length).astype(np.int64))
        return p.step("bincount", [ref(j), named(minlength=length)], lambda: np.bincount(x, minlength=length))
    x = p.values[k]
    if abs(x).max(initial=0) > 1000:
        raise Skip
    if rng.random() < 0.5:
        edges = sorted(rng.randint(-9, 9) / rng.choice([1, 2]) for _ in range(rng.randint(2, 5)))
        return p.step("histogram", [ref(k), edges], lambda: np.histogram(x, edges), part=0)
    lo, hi = sorted([rng.randint(-5, 5), rng.randint(-5, 6)])
    bins = rng.randint(1, 5)
    return p.step("histogram", [ref(k), bins, [lo, hi]] if rng.random() < 0.5 else [ref(k), bins, named(range=[lo, hi])], lambda: np.histogram(x, bins, (lo, hi)), part=0)


def creation(p, k):
    x, rng = p.values[k], p.rng
    a, b, n = rng.randint(-5, 5), rng.randint(-5, 5), rng.randint(0, 5)
    step = rng.choice([1, 2, -1, -3])
    shift = rng.randint(-2, 2)
    made = rng.choice(
        [
            lambda: p.step("arange", [a, b, step], lambda: np.arange(a, b, step), form=1),
            lambda: p.step("arange", [n], lambda: np.arange(n), form=1),
            lambda: p.step("eye", [n, 3, shift], lambda: np.eye(n, 3, shift, dtype=int), form=1),
            lambda: p.step("identity", [n], lambda: np.identity(n, dtype=int), form=1),
            lambda: p.step("tri", [n, 3, shift], lambda: np.tri(n, 3, shift, dtype=int), form=1),
            lambda: p.step("tri", [n], lambda: np.tri(n, dtype=int), form=1),
            lambda: p.step("full", [[2, n], a], lambda: np.full([2, n], a), form=1),
            lambda: p.step("zeros", [[n, 2]], lambda: np.zeros([n, 2], dtype=int), form=1),
            lambda: p.step("ones", [n], lambda: np.ones(n, dtype=int), form=1),
            lambda: p.step("fullLike", [ref(k), a], lambda: np.full_like(x, a)),
        ]
    )()
    if p.values[made].ndim and rng.random() < 0.5:
        shape = list(p.values[made].shape)
        j = p.input(shape[-1:])
        return p.step("add", [ref(j), ref(made)], lambda: p.values[j] + p.values[made], form=1)
    return made


def grids(p, k):
    rng = p.rng
    a, b = p.input(rng.choice([[2], [3], [1], [0]])), p.input(rng.choice([[2], [1], []]))
    indexing_ = rng.choice([DROP, "xy", "ij"])
    sparse = maybe(rng, True, 0.3)
    options = {key: value for key, value in [("indexing", indexing_), ("sparse", sparse)] if value is not DROP}
    return p.step("meshgrid", [ref(a), ref(b)] + ([named(**options)] if options else []),
                  lambda: np.meshgrid(p.values[a], p.values[b], indexing="xy" if indexing_ is DROP else indexing_, sparse=sparse is not DROP), form=1, part=rng.randrange(2))


# --- Real values, which end in a rounding.


def real(p, k):
    x, rng = p.values[k], p.rng
    if abs(x).max(initial=0) > 60:
        raise Skip
    f = rng.choice([0.5, -0.5, 0.25, 1.5, -0.1, 0.3])
    r = rng.random()
    if r < 0.5:
        return p.step("mul", [ref(k), f], lambda: x * f)
    if r < 0.75:
        n = rng.choice([2, 3, -4, 7])
        return p.step(rng.choice(["div", "divide", "trueDivide"]), [ref(k), n], lambda: x / n)
    return p.step("add", [ref(k), f], lambda: x + f)


EXACT = {"sqrt": np.sqrt, "abs": np.abs, "neg": np.negative, "square": np.square, "sign": np.sign, "spacing": np.spacing, "fabs": np.fabs, "signbit": np.signbit}
LOOSE = {
    "cbrt": np.cbrt, "exp": np.exp, "exp2": np.exp2, "expm1": np.expm1, "log": np.log, "log2": np.log2, "log10": np.log10, "log1p": np.log1p, "sin": np.sin, "cos": np.cos,
    "tan": np.tan, "asin": np.arcsin, "acos": np.arccos, "atan": np.arctan, "arctan": np.arctan, "sinh": np.sinh, "cosh": np.cosh, "tanh": np.tanh, "asinh": np.arcsinh, "acosh": np.arccosh,
    "atanh": np.arctanh, "degrees": np.degrees, "radians": np.radians, "deg2rad": np.deg2rad, "reciprocal": lambda x: np.reciprocal(x.astype(float)),
}
LOOSE_PAIRS = {"atan2": np.arctan2, "logaddexp": np.logaddexp, "logaddexp2": np.logaddexp2, "floatPower": np.float_power, "arctan2": np.arctan2}
EXACT_PAIRS = {
    "hypot": np.hypot, "copysign": np.copysign, "nextafter": np.nextafter, "heaviside": np.heaviside, "fmod": np.fmod, "mod": np.mod, "floorDiv": np.floor_divide,
    "div": np.true_divide, "add": np.add, "sub": np.subtract, "mul": np.multiply, "lt": np.less, "ge": np.greater_equal, "eq": np.equal,
}


def functions(p, k):
    """A real function of an integer or of a real value, and a rounding."""
    rng = p.rng
    if abs(p.values[k]).max(initial=0) > 60:
        raise Skip
    value = real(p, k) if rng.random() < 0.7 else k
    for _ in range(rng.choice([1, 1, 1, 2])):
        x = p.values[value]
        r = rng.random()
        if r < 0.3:
            name = rng.choice(list(EXACT))
            value = p.step(name, [ref(value)], lambda: EXACT[name](x))
        elif r < 0.6:
            name = rng.choice(list(LOOSE))
            p.loose = True
            value = p.step(name, [ref(value)], lambda: LOOSE[name](x))
        else:
            pairs = rng.choice([EXACT_PAIRS, EXACT_PAIRS, LOOSE_PAIRS])
            p.loose |= pairs is LOOSE_PAIRS
            name = rng.choice(list(pairs))
            y = rng.choice([0.5, -0.5, 2, -1, 3, 0.1, -0.3, 1.5])
            if name in ("fmod", "mod", "floorDiv", "div") or rng.random() < 0.7:
                value = p.step(name, [ref(value), y], lambda: pairs[name](x, y))
            else:
                value = p.step(name, [y, ref(value)], lambda: pairs[name](y, x), form=1)
            if name == "floorDiv":
                # Lutra's is an integer.
                p.values[value] = p.values[value].astype(np.int64)
    return closed(p, value)


def statistics(p, k):
    x, rng = p.values[k], p.rng
    if abs(x).max(initial=0) > 60:
        raise Skip
    axis = axes_of(rng, x.ndim)
    keep = maybe(rng, True, 0.3)
    ax = axis if axis is not None else maybe(rng, None)
    p.loose = True
    p.small &= x.size <= 4
    r = rng.randrange(6)
    if r == 0:
        value = p.step("mean", [ref(k)] + given(rng, axis=ax, keepDims=keep), lambda: np.mean(x, axis=np_axis(axis), keepdims=keep is not DROP))
    elif r < 3:
        ddof = rng.choice([DROP, 0, 1, 2])
        name, run = rng.choice([("var", np.var), ("std", np.std)])
        value = p.step(name, [ref(k)] + given(rng, axis=ax, keepDims=keep, ddof=ddof), lambda: run(x, axis=np_axis(axis), keepdims=keep is not DROP, ddof=0 if ddof is DROP else ddof))
    elif r == 3:
        value = p.step("median", [ref(k)] + given(rng, axis=ax, keepDims=keep), lambda: np.median(x, axis=np_axis(axis), keepdims=keep is not DROP))
    elif r == 4:
        if isinstance(axis, list) or x.size == 0:
            raise Skip
        n = x.size if axis is None else (x.shape[axis] if -x.ndim <= axis < x.ndim else 2)
        w = [rng.choice([1, 2, 3, 0.5, 0.25]) for _ in range(n)]
        if axis is None and x.ndim != 1:
            raise Skip
        value = p.step("average", [ref(k), named(weights=w) if axis is None else named(axis=axis, weights=w)], lambda: np.average(x, axis=axis, weights=w))
    else:
        axis = axis_of(rng, x.ndim)
        edge = rng.choice([DROP, 1, 2])
        h = rng.choice([DROP, 1, 2, 0.5, 3])
        if not -x.ndim <= axis < x.ndim:
            raise Skip
        if h is DROP and edge is DROP and rng.random() < 0.4 and x.shape[axis] > 2:
            at = sorted(rng.sample(range(-9, 9), x.shape[axis]))
            value = p.step("gradient", [ref(k), at, named(axis=axis)], lambda: np.gradient(x, at, axis=axis))
        else:
            options = {"axis": axis} if edge is DROP else {"axis": axis, "edgeOrder": edge}
            value = p.step("gradient", [ref(k)] + ([] if h is DROP else [h]) + [named(**options)],
                           lambda: np.gradient(x, *([] if h is DROP else [h]), axis=axis, edge_order=1 if edge is DROP else edge))
    return closed(p, value)


def linspaces(p, k):
    rng = p.rng
    a, b, n = rng.choice([0, -1, 2.5, 1]), rng.choice([1, 3, -2.5, 10]), rng.randint(0, 6)
    end = rng.choice([DROP, True, False])
    options = [n] + ([] if end is DROP else [named(endpoint=end)])
    values = np.linspace(a, b, n, endpoint=end is not False)
    made = p.step("linspace", [a, b] + options, lambda: values, form=1)
    if not n:
        raise Skip
    j = p.input([n])
    return closed(p, p.step("mul", [ref(j), ref(made)], lambda: p.values[j] * values))


def closed(p, value):
    rng = p.rng
    x = p.values[value]
    if x.dtype == np.int64:
        return value
    if x.dtype.kind != "f":
        raise Skip
    if rng.random() < 0.1:
        decimals = rng.choice([1, 2, -1])
        value = p.step("round", [ref(value)] + given(rng, decimals=decimals), lambda: np.round(x, decimals))
        x = p.values[value]
        if p.loose and np.any(np.abs(np.abs(x * 10.0**decimals % 1) - 0.5) < 0.5):
            raise Skip
    if rng.random() < 0.15:
        name = rng.choice(["signbit", "isfinite"])
        if p.loose and np.any(np.abs(x) < 1e-12):
            raise Skip
        return p.step(name, [ref(value)], lambda: {"signbit": np.signbit, "isfinite": np.isfinite}[name](x))
    if rng.random() < 0.6:
        scale = rng.choice([10, 100, 3, 7])
        value = p.step("mul", [ref(value), scale], lambda: x * scale)
        x = p.values[value]
    name, run, half = rng.choice(
        [("floor", np.floor, 0), ("ceil", np.ceil, 0), ("round", np.round, 0.5), ("rint", np.rint, 0.5), ("trunc", np.trunc, 0), ("toInt", np.trunc, 0)]
    )
    if not np.all(np.isfinite(x)) or np.any(np.abs(x) > 2**50):
        p.step(name, [ref(value)], lambda: np.zeros(0))
        raise NotANumber
    if p.loose:
        distance = np.abs((x - half) - np.round(x - half))
        if np.any(distance < 1e-9 * np.maximum(1, np.abs(x))):
            raise Skip
    return p.step(name, [ref(value)], lambda: run(x).astype(np.int64))


class NotANumber(Exception):
    """numpy gives NaN or infinity, of which no integer is made."""


def big(p, k):
    rng = p.rng
    n = 2 ** rng.choice([31, 32, 40, 45, 50])
    j = p.input(rng.choice(FULL), -n, n)
    p.small = False
    x = p.values[j]
    y = rng.choice([3, -7, 1000, n])
    name, run = rng.choice(
        [
            ("add", lambda: x + y), ("sub", lambda: x - y), ("neg", lambda: -x), ("maximum", lambda: np.maximum(x, y)), ("lt", lambda: x < y), ("abs", lambda: np.abs(x)),
            ("floorDiv", lambda: x // y), ("mod", lambda: np.mod(x, y)), ("fmod", lambda: np.fmod(x, y)), ("sum", None), ("max", None), ("eq", lambda: x == y), ("cumsum", None), ("bitwiseCount", None), ("sign", None), ("diff", None),
        ]
    )
    alone = {"sum": np.sum, "max": np.max, "cumsum": lambda v: np.cumsum(v), "bitwiseCount": np.bitwise_count, "sign": np.sign, "diff": np.diff, "abs": np.abs, "neg": np.negative}
    if name in alone:
        return p.step(name, [ref(j)], lambda: alone[name](x))
    return p.step(name, [ref(j), y], run)


FIRST = [elementwise, binary, binary, divisions, whole_numbers, choices, reductions, reductions, places, orders, scans, shapes, shapes, diagonals, joins, splits, pads, slices, slices,
         indexing, indexing, secret_indexing, along, edits, edits, products, products, sums, membership, counts, creation, grids]
LAST = [functions, functions, functions, statistics, statistics, linspaces, big]


def draw(rng):
    p = Program(rng)
    k = p.input()
    expected = None
    reason = None
    try:
        if rng.random() < 0.3:
            k = rng.choice(LAST)(p, k)
        else:
            for _ in range(rng.choice([1, 1, 2, 2, 3])):
                k = rng.choice(FIRST)(p, k)
            if rng.random() < 0.1:
                k = rng.choice([functions, statistics])(p, k)
    except (NotANumber, Refused):
        reason = "refused"
    except (Skip, ValueError, IndexError, TypeError):
        return None
    if reason is None:
        y = p.values[k]
        if y.dtype != np.int64 or np.any(np.abs(y.astype(object)) >= 2**60) or y.size > 40:
            return None
        if any(v.dtype == np.int64 and np.any(np.abs(v.astype(object)) >= 2**61) for v in p.values):
            return None
        expected = [list(y.shape), [whole(v) for v in y.ravel().tolist()]]
    if not p.steps:
        return None
    return {"x": p.inputs, "s": p.numbered(p.steps), "y": expected, "c": int(p.small and len(p.steps) <= 3)}


def whole(value):
    return value if abs(value) < 2**53 else str(value)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=3600)
    parser.add_argument("--seed", type=int, default=11)
    options = parser.parse_args()
    rng = random.Random(options.seed)
    lines = [json.dumps({"numpy": np.__version__, "seed": options.seed, "count": options.count})]
    known = set()
    errors = 0
    while len(lines) <= options.count:
        program = draw(rng)
        if program is None:
            continue
        # One program in twelve is one that numpy refuses.
        if program["y"] is None and errors * 12 > len(lines):
            continue
        text = json.dumps(program, separators=(",", ":"))
        if text in known or len(text) > 1200:
            continue
        known.add(text)
        errors += program["y"] is None
        lines.append(text)
    with gzip.GzipFile(FILE, "wb", 9, mtime=0) as file:
        file.write(("\n".join(lines) + "\n").encode())
    names = sorted({step[0] for line in lines[1:] for step in json.loads(line)["s"]})
    print(f"{len(lines) - 1} programs, {errors} refused, {len(names)} operators, {FILE.stat().st_size} bytes")


if __name__ == "__main__":
    main()
