"""Records ONNX's own node tests for tests/ml/onnx/nodes.test.ts.

    pip download --no-deps --only-binary :all: --python-version 3.8 -d wheels onnx==1.8.1   # and so on, one a release
    python scripts/record_onnx_nodes.py wheels tests/ml/onnx/node-tests.json.gz

Needs numpy and onnx. The wheels of onnx 1.8.1 to 1.22.0 hold the tests of operator sets 13 to 27, as each of them was when
it was new. A test is taken once for each version of its operator, from the newest release that has it so.
"""

import base64
import gzip
import json
import pathlib
import re
import sys
import zipfile

import numpy as np
import onnx
from onnx import numpy_helper

# Tests with more bytes of inputs and outputs are left out: they say no more than smaller ones.
MOST_BYTES = 8_000
# Longer bodies of functions say more about the function than about operators.
MOST_NODES = 16
# Tests keep the operator set in which their operator last changed.
OLDEST = 7

# What Lutra does not import: of each only one model is kept, without inputs, to see how it is refused.
REFUSED = set(
    """
    AffineGrid Attention Bernoulli BitCast BitShift BitwiseAnd BitwiseNot BitwiseOr BitwiseXor BlackmanWindow
    CausalConvWithState CenterCropPad Col2Im CumProd DFT DeformConv Det DynamicQuantizeLinear GRU GridSample
    GroupNormalization HammingWindow HannWindow Hardmax If ImageDecoder InstanceNormalization LRN LSTM LayerNormalization
    LinearAttention Loop LpPool MaxUnpool MeanVarianceNormalization MelWeightMatrix NegativeLogLikelihoodLoss
    NonMaxSuppression NonZero OptionalGetElement OptionalHasElement RMSNormalization RNN RegexFullMatch ReverseSequence
    RoiAlign RotaryEmbedding STFT Scan SoftmaxCrossEntropyLoss StringConcat StringNormalizer StringSplit TensorScatter
    TfIdfVectorizer TopK Unique ai.onnx.preview.FlexAttention ai.onnx.preview.training.Adagrad
    ai.onnx.preview.training.Adam ai.onnx.preview.training.Momentum
    """.split()
)


# Tests that ONNX later found to be wrong, by name and operator set.
MISTAKEN = {("test_convtranspose_autopad_same", 14)}  # SAME_LOWER with the result of SAME_UPPER


def release_of(wheel):
    return tuple(int(part) for part in re.search(r"onnx-([\d.]+)-", wheel.name).group(1).split("."))


def versions_of(model):
    """The version of each node's operator that the model's operator set names."""
    sets = {one.domain: one.version for one in model.opset_import}
    for node in model.graph.node:
        try:
            yield onnx.defs.get_schema(node.op_type, sets.get(node.domain, 1), node.domain).since_version
        except onnx.defs.SchemaError:
            yield 0


def text_of(node):
    attributes = sorted((one.name, one.SerializeToString()) for one in node.attribute)
    return node.domain, node.op_type, tuple(node.input), tuple(node.output), tuple(attributes)


class Recorder:
    def __init__(self):
        self.tensors = {}
        self.cases = []
        self.seen = set()
        self.refused = set()

    def tensor(self, raw):
        """The number of a tensor among those that are recorded, equal ones once."""
        proto = onnx.TensorProto.FromString(raw)
        array = numpy_helper.to_array(proto)
        entry = {"type": proto.data_type, "dims": list(proto.dims)}
        if array.dtype == np.float32:
            entry["singles"] = base64.b64encode(array.tobytes()).decode()
        else:
            entry["values"] = [self.scalar(value) for value in array.ravel()]
        return self.tensors.setdefault(json.dumps(entry), len(self.tensors))

    @staticmethod
    def scalar(value):
        value = value.item() if hasattr(value, "item") else value
        if isinstance(value, (bytes, str)):
            return value.decode() if isinstance(value, bytes) else value
        if isinstance(value, (bool, int)):
            return int(value) if abs(value) < 2**53 else str(value)
        value = float(value)
        return value if np.isfinite(value) else {"nan": None, "inf": "Infinity", "-inf": "-Infinity"}[str(value)]

    def test(self, wheel, names, folder):
        model = onnx.ModelProto.FromString(wheel.read(f"{folder}/model.onnx"))
        sets = {one.domain: one.version for one in model.opset_import}
        opset = sets.get("", OLDEST)
        operators = [f"{node.domain}.{node.op_type}".lstrip(".") for node in model.graph.node]
        name = folder.rsplit("/", 1)[1]
        case = {"name": name.removeprefix("test_"), "opset": opset, "operators": sorted(set(operators))}
        key = (name, tuple(versions_of(model)), tuple(text_of(node) for node in model.graph.node))
        if (name, opset) in MISTAKEN or opset < OLDEST or key in self.seen or not 0 < len(operators) <= MOST_NODES:
            return
        self.seen.add(key)
        refused = [one for one in operators if one in REFUSED]
        if refused:
            if len(operators) == 1 and refused[0] not in self.refused:
                self.refused.add(refused[0])
                self.cases.append({**case, "model": self.bytes(model)})
            return
        data = f"{folder}/test_data_set_0/"
        parts = [sorted(n for n in names if n.startswith(f"{data}{part}_")) for part in ("input", "output")]
        if sum(wheel.getinfo(n).file_size for n in parts[0] + parts[1]) > MOST_BYTES:
            return
        declared = [list(model.graph.input), list(model.graph.output)]
        try:
            protos = [
                [wheel.read(f"{data}{part}_{i}.pb") for i in range(len(found))]
                for part, found in zip(("input", "output"), parts)
            ]
            types = [[onnx.TensorProto.FromString(raw).data_type for raw in some] for some in protos]
            if types != [[one.type.tensor_type.elem_type for one in some] for some in declared]:
                return  # sequences, optional values, and files whose data contradict their model
            inputs, outputs = [[self.tensor(raw) for raw in some] for some in protos]
        except (TypeError, ValueError, UnicodeDecodeError):
            return  # complex numbers
        self.cases.append({**case, "model": self.bytes(model), "inputs": inputs, "outputs": outputs})

    @staticmethod
    def bytes(model):
        """The model in base64, without names that tell one release from another."""
        model.graph.name = ""
        model.producer_name = ""
        return base64.b64encode(model.SerializeToString()).decode()


def main(folder, target):
    recorder = Recorder()
    wheels = sorted(pathlib.Path(folder).glob("onnx-*.whl"), key=release_of, reverse=True)
    for path in wheels:
        with zipfile.ZipFile(path) as wheel:
            names = set(wheel.namelist())
            folders = sorted(n.rsplit("/", 1)[0] for n in names if re.search(r"/data/node/[^/]+/model.onnx$", n))
            for one in folders:
                recorder.test(wheel, names, one)
    recording = {
        "releases": [".".join(map(str, release_of(path))) for path in wheels],
        "tensors": [json.loads(text) for text in recorder.tensors],
        "cases": sorted(recorder.cases, key=lambda case: (case["name"], case["opset"])),
    }
    # Without a time in it, the same tests give the same bytes.
    pathlib.Path(target).write_bytes(gzip.compress(json.dumps(recording).encode(), 9, mtime=0))
    print(f"{len(recorder.cases)} tests, {len(recorder.tensors)} tensors")


if __name__ == "__main__":
    main(*sys.argv[1:])
