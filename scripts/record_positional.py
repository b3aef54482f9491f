"""Records what numpy makes of arguments in order, for tests/frontend/positional.test.ts.

    python scripts/record_positional.py tests/frontend/positional.json

Needs numpy. A case is an operator of ours, the arguments behind its tensor as JavaScript writes them, and numpy's result
for the same call. Every operator that takes values in order or by name needs one for each number of arguments; the test
says which lack it.
"""

import json
import sys

import numpy as np

X = np.array([[3, 1, 2], [0, 2, 1]])
SQUARE = np.array([[3, 1], [2, 0]])
CUBE = np.arange(12).reshape(2, 3, 2) % 5
ROW = np.array([3, 1, 2, 1])
COLUMN = np.array([[1], [2]])
Y = np.array([[1, 2, 1], [2, 1, 3]])

cases = []


def case(operator, x, args, want):
    wanted = [np.asarray(part).tolist() for part in want] if isinstance(want, list) else np.asarray(want).tolist()
    cases.append({"operator": operator, "x": None if x is None else x.tolist(), "args": args, "want": wanted})


# Reductions take the axis in order; keepdims stands behind dtype and out there, and is given by name.
for name, function in {
    "sum": np.sum, "prod": np.prod, "max": np.max, "min": np.min, "ptp": np.ptp, "any": np.any, "all": np.all,
    "countNonzero": np.count_nonzero, "mean": None,
}.items():
    if function is None:  # a real value, which a tensor of equal elements has whole
        for axis in [0, 1, None]:
            case(name, np.full((2, 3), 4), [axis], np.mean(np.full((2, 3), 4), axis).astype(int))
        continue
    for axis in [0, 1, -1, None]:
        case(name, X, [axis], np.asarray(function(X, axis)).astype(int))
    case(name, CUBE, [[0, 2]], np.asarray(function(CUBE, (0, 2))).astype(int))
for name, function in {"argmax": np.argmax, "argmin": np.argmin}.items():
    for axis in [0, 1, -1, None]:
        case(name, X, [axis], function(X, axis))
for axis in [0, 1, -1, None]:
    case("cumsum", X, [axis], np.cumsum(X, axis))
    case("sort", X, [axis], np.sort(X, axis))
    case("argsort", X, [axis], np.argsort(X, axis, kind="stable"))
    case("repeat", X, [2, axis], np.repeat(X, 2, axis))
    case("take", X, [[0, 1], axis], np.take(X, [0, 1], axis))
    case("roll", X, [1, axis], np.roll(X, 1, axis))
    case("flip", X, [axis], np.flip(X, axis))
case("repeat", X, [[1, 2], 0], np.repeat(X, [1, 2], 0))
case("repeat", X, [2], np.repeat(X, 2))
case("roll", X, [[1, 2], [0, 1]], np.roll(X, (1, 2), (0, 1)))
case("roll", X, [1], np.roll(X, 1))
case("take", X, [[4, 0]], np.take(X, [4, 0]))
for axis in [0, 1]:
    largest = np.take(np.flip(np.sort(X, axis), axis), [0], axis)
    case("topK", X, [1, axis], largest)
    case("argTopK", X, [1, axis], np.argmax(X, axis, keepdims=True))
case("topK", X, [2], np.flip(np.sort(X), -1)[:, :2])
case("argTopK", X, [1], np.argmax(X, -1, keepdims=True))
for n in [0, 1, 2]:
    case("diff", ROW, [n], np.diff(ROW, n))
case("diff", X, [1, 0], np.diff(X, 1, 0))
case("diff", X, [1, 1], np.diff(X, 1, 1))

# Shapes.
case("reshape", X, [[3, 2]], np.reshape(X, (3, 2)))
case("reshape", X, [3, 2], X.reshape(3, 2))
case("reshape", X, [-1], X.reshape(-1))
case("reshape", SQUARE, [4, 1], SQUARE.reshape(4, 1))
case("transpose", SQUARE, [1, 0], SQUARE.transpose(1, 0))
case("transpose", CUBE, [2, 0, 1], CUBE.transpose(2, 0, 1))
case("transpose", CUBE, [[1, 0, 2]], np.transpose(CUBE, (1, 0, 2)))
case("transpose", CUBE, [], np.transpose(CUBE))
case("transpose", CUBE, [None], np.transpose(CUBE, None))
case("squeeze", COLUMN, [1], np.squeeze(COLUMN, 1))
case("squeeze", COLUMN, [-1], np.squeeze(COLUMN, -1))
case("squeeze", COLUMN, [None], np.squeeze(COLUMN, None))
case("expandDims", ROW, [0], np.expand_dims(ROW, 0))
case("expandDims", ROW, [[0, 2]], np.expand_dims(ROW, (0, 2)))
case("swapAxes", CUBE, [0, 2], np.swapaxes(CUBE, 0, 2))
case("moveAxis", CUBE, [0, -1], np.moveaxis(CUBE, 0, -1))
case("moveAxis", CUBE, [[0, 1], [2, 0]], np.moveaxis(CUBE, [0, 1], [2, 0]))
case("broadcastTo", COLUMN, [[2, 3]], np.broadcast_to(COLUMN, (2, 3)))
case("tile", ROW, [[2, 2]], np.tile(ROW, (2, 2)))
case("tile", ROW, [2], np.tile(ROW, 2))
case("split", X, [3, 1], np.split(X, 3, 1))
case("split", X, [2], np.split(X, 2))
case("split", X, [[1], 1], np.split(X, [1], 1))
case("pad", X, [1, "edge"], np.pad(X, 1, "edge"))
case("pad", X, [[1, 0], "wrap"], np.pad(X, (1, 0), "wrap"))
case("pad", X, [[[1, 0], [0, 2]], "reflect"], np.pad(X, ((1, 0), (0, 2)), "reflect"))
case("pad", X, [1], np.pad(X, 1))
case("diag", ROW, [1], np.diag(ROW, 1))
case("diag", X, [-1], np.diag(X, -1))
case("diagonal", X, [1], np.diagonal(X, 1))
case("diagonal", CUBE, [0, 2], np.diagonal(CUBE, 0, 2))
case("diagonal", CUBE, [0, 1, 2], np.diagonal(CUBE, 0, 1, 2))
case("diagonal", CUBE, [-1, 2, 1], np.diagonal(CUBE, -1, 2, 1))
for k in [-1, 0, 1]:
    case("tril", X, [k], np.tril(X, k))
    case("triu", X, [k], np.triu(X, k))
case("at", X, [1], X[1])
case("at", X, [1, 2], X[1, 2])
case("at", X, [[0, 1], [2, 0]], X[[0, 1], [2, 0]])
case("slice", X, [1, [0, 2]], X[1, 0:2])
case("slice", X, [None, [None, None, -1]], X[:, ::-1])
case("set", X, [[0, 1], 7], (lambda c: (c.__setitem__((0, 1), 7), c)[1])(X.copy()))

# Joining takes a list: of the tensor and another one.
for name, function in {"concat": np.concatenate, "concatenate": np.concatenate, "stack": np.stack}.items():
    for axis in [0, 1, -1]:
        case(name, X, [Y.tolist(), axis], function([X, Y], axis))
    case(name, X, [Y.tolist()], function([X, Y]))

# Rounding and bits.
for decimals in [-1, 0, 1]:
    case("round", 10 * X + 5, [decimals], np.round(10 * X + 5, decimals))
    case("around", 10 * X + 5, [decimals], np.around(10 * X + 5, decimals))
for bits in [0, 1]:
    case("truncateBits", X, [bits], X >> bits << bits)
    case("roundBits", X, [bits], ((X + (1 << bits >> 1)) >> bits) << bits)

# Makers of constants have no tensor.
for args in [[4], [1, 4], [5, 1, -2]]:
    case("arange", None, args, np.arange(*args))
for args in [[3], [2, 3], [2, 3, 1]]:
    case("eye", None, args, np.eye(*args, dtype=int))
for args in [[], [3], [[2, 2]]]:
    shape = args[0] if args else ()
    case("zeros", None, args, np.zeros(shape, int))
    case("ones", None, args, np.ones(shape, int))
case("full", None, [[2, 2], 7], np.full((2, 2), 7))
case("identity", None, [2], np.identity(2, int))
case("fullLike", X, [7], np.full_like(X, 7))

# Which operand is which.
for name, function in {
    "add": np.add, "sub": np.subtract, "subtract": np.subtract, "mul": np.multiply, "floorDiv": np.floor_divide,
    "floorDivide": np.floor_divide, "mod": np.mod, "remainder": np.remainder, "fmod": np.fmod, "pow": np.power,
    "power": np.power, "maximum": np.maximum, "minimum": np.minimum, "lt": np.less, "le": np.less_equal,
    "gt": np.greater, "ge": np.greater_equal, "eq": np.equal, "ne": np.not_equal, "shl": np.left_shift,
    "shr": np.right_shift, "and": np.bitwise_and, "or": np.bitwise_or, "xor": np.bitwise_xor, "gcd": np.gcd,
    "lcm": np.lcm, "matmul": None, "dot": None,
}.items():
    if function is None:
        other = np.array([[1, 2], [0, 1], [2, 2]])
        case(name, X, [other.tolist()], getattr(np, name)(X, other))
    else:
        case(name, X, [Y.tolist()], np.asarray(function(X, Y)).astype(int))
case("clip", X, [1, 2], np.clip(X, 1, 2))
case("where", X > 1, [Y.tolist(), 0], np.where(X > 1, Y, 0))

# Parts put in, taken out and put together.
for axis in [None, 0, -1]:
    case("delete", X, [[1], axis], np.delete(X, [1], axis))
    case("insert", X, [[1], 7, axis], np.insert(X, [1], 7, axis))
    case("compress", X, [[True, False], axis], np.compress([True, False], X, axis))
    case("cumprod", X, [axis], np.cumprod(X, axis))
for axis in [None, 0, 1]:
    case("append", X, [Y.tolist(), axis], np.append(X, Y, axis))
case("append", X, [Y.tolist()], np.append(X, Y))
case("delete", X, [1], np.delete(X, 1))
case("insert", X, [1, 7], np.insert(X, 1, 7))
case("compress", X, [[True, False]], np.compress([True, False], X))
case("cumprod", X, [], np.cumprod(X))
case("takeAlongAxis", X, [[[2, 0], [1, 1]], 1], np.take_along_axis(X, np.array([[2, 0], [1, 1]]), 1))
case("takeAlongAxis", X, [[[1, 0, 1]], 0], np.take_along_axis(X, np.array([[1, 0, 1]]), 0))
for axis, places in [(0, [[1, 0, 1]]), (1, [[2], [0]])]:
    copied = X.copy()
    np.put_along_axis(copied, np.array(places), 9, axis)
    case("putAlongAxis", X, [places, 9, axis], copied)
for args in [[], [2], [1, [1, 0]]]:
    case("rot90", X, args, np.rot90(X, *args))
for args in [[], [1], [-1], [0, 1, 2], [0, 2]]:
    case("trace", CUBE, args, np.trace(CUBE, *args))
case("tri", None, [3], np.tri(3).astype(int))
case("tri", None, [2, 3], np.tri(2, 3).astype(int))
case("tri", None, [2, 3, 1], np.tri(2, 3, 1).astype(int))
case("linspace", None, [0, 10, 6], np.linspace(0, 10, 6).astype(int))
case("linspace", None, [0, 10, 5, False], np.linspace(0, 10, 5, False).astype(int))

# Products.
for args in [[1], [[[1], [0]]], [0]]:
    other = Y.T if args == [1] or args == [[[1], [0]]] else 3
    case("tensordot", X, [np.asarray(other).tolist(), *args], np.tensordot(X, other, *args))
VECTORS = np.array([[1, 2, 0], [3, 0, 1], [2, 2, 1]])
OTHERS = np.array([[2, 0, 1], [1, 1, 1], [0, 3, 1]])
for args in [[], [0], [0, 1], [1, 0, 0]]:
    case("cross", VECTORS, [OTHERS.tolist(), *args], np.cross(VECTORS, OTHERS, *args))
for name, function in {"convolve": np.convolve, "correlate": np.correlate}.items():
    for mode in ["full", "same", "valid"]:
        case(name, ROW, [[1, 2], mode], function(ROW, [1, 2], mode))

# Counts and statistics: those whose results are whole.
case("bincount", ROW, [], np.bincount(ROW))
case("bincount", ROW, [[1, 2, 3, 4]], np.bincount(ROW, [1, 2, 3, 4]).astype(int))
case("bincount", ROW, [None, 4], np.bincount(ROW, None, 4))
for args in [[[0, 1, 3, 4]], [2, [0, 4]]]:
    case("histogram", ROW, args, [part.astype(int) for part in np.histogram(ROW, *args)])
case("searchsorted", np.array([1, 3, 3, 5]), [[3, 4]], np.searchsorted([1, 3, 3, 5], [3, 4]))
case("searchsorted", np.array([1, 3, 3, 5]), [[3, 4], "right"], np.searchsorted([1, 3, 3, 5], [3, 4], "right"))
case("searchsorted", np.array([5, 1, 3]), [[3, 4], "left", [1, 2, 0]],
     np.searchsorted([5, 1, 3], [3, 4], "left", [1, 2, 0]))
EVEN = np.array([[1, 5, 3], [3, 7, 5]])
for axis in [0, None]:
    case("median", EVEN, [axis], np.median(EVEN, axis).astype(int))
    case("average", EVEN, [axis], np.average(EVEN, axis).astype(int))
case("average", EVEN, [0, [1, 3]], np.rint(np.average(EVEN, 0, [1, 3])).astype(int))
case("var", EVEN, [0], np.var(EVEN, 0).astype(int))
case("std", EVEN, [0], np.std(EVEN, 0).astype(int))
case("gradient", np.array([0, 2, 4, 6]), [2], np.gradient([0, 2, 4, 6], 2).astype(int))

with open(sys.argv[1], "w") as file:
    lines = ",\n".join(json.dumps(each) for each in cases)
    file.write(f'{{"numpy": "{np.__version__}", "cases": [\n{lines}\n]}}\n')
print(len(cases), "cases")
