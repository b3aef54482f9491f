"""Records quantized models made node by node, and what ONNX Runtime makes of them, for tests/ml/quantized/qdq.test.ts.

    python scripts/record_qdq.py tests/ml/quantized/qdq.json

Needs numpy, onnx, onnxruntime and torch. Values that lie half way between two integers, types of 4 to 16 bits, scales for each
channel, clips between the quantizer and its inverse, activations that the quantizer's range cuts, and what torch.ao writes after
training with quantizers. Scores are those of ONNX Runtime with its optimisations off: with them on it gives other results of
ReLU before quantizers of 4 bits.
"""

import base64
import importlib.metadata
import io
import json
import sys
import warnings

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import TensorProto, helper
from torch import nn
from torch.ao import quantization
from torch.ao.quantization.quantize_fx import prepare_qat_fx

RANGES = {"uint8": (0, 255), "int8": (-128, 127), "uint16": (0, 65535), "int16": (-32768, 32767), "uint4": (0, 15), "int4": (-8, 7)}


def kind_of(name):
    return getattr(TensorProto, name.upper())


class Graph:
    """Nodes of a model, in the order they are added."""

    def __init__(self):
        self.nodes, self.constants = [], []

    def constant(self, values, kind=TensorProto.FLOAT):
        array = np.asarray(values)
        name = f"c{len(self.constants)}"
        self.constants.append(helper.make_tensor(name, kind, array.shape, array.flatten().tolist()))
        return name

    def node(self, operator, *inputs, **attributes):
        self.nodes.append(helper.make_node(operator, list(inputs), [f"t{len(self.nodes)}"], **attributes))
        return self.nodes[-1].output[0]

    def grid(self, x, scale, zero, kind, clip=None, **attributes):
        """A quantizer and its inverse, with a clip of integers between them."""
        scale, zero = self.constant(scale), self.constant(zero, kind_of(kind))
        q = self.node("QuantizeLinear", x, scale, zero, **attributes)
        if clip:
            q = self.node("Clip", q, *(self.constant(end, kind_of(kind)) for end in clip))
        return self.node("DequantizeLinear", q, scale, zero, **attributes)

    def weights(self, values, scale, kind="int8", **attributes):
        zero = self.constant(np.zeros(np.shape(scale), int), kind_of(kind))
        return self.node("DequantizeLinear", self.constant(values, kind_of(kind)), self.constant(scale), zero, **attributes)

    def model(self, shape):
        self.nodes[-1].output[0] = "y"
        inputs = [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", *shape])]
        outputs = [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)]
        graph = helper.make_graph(self.nodes, "g", inputs, outputs, self.constants)
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10).SerializeToString()


def scores_of(model, rows):
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    return session.run(None, {"x": rows})[0].reshape(len(rows), -1)


def ties():
    """Halves of a step, around zero points of either parity, at the input and after a layer."""
    rng = np.random.default_rng(7)
    for kind, zero in [("uint8", 3), ("uint8", 8), ("int8", -5), ("int8", 0), ("uint16", 7), ("int16", -3), ("uint4", 7), ("uint4", 4), ("int4", -1), ("int4", 2)]:
        graph = Graph()
        x = graph.grid("x", 0.5, zero, kind)
        graph.node("MatMul", x, graph.weights(rng.integers(-3, 4, (4, 3)), 0.25))
        yield f"ties, {kind}, zero point {zero}", graph.model([4]), "ties"
        graph = Graph()
        x = graph.grid("x", 0.5, zero, kind)
        h = graph.node("Relu", graph.node("MatMul", x, graph.weights(rng.integers(-3, 4, (4, 3)), 0.25)))
        graph.node("MatMul", graph.grid(h, 0.25, zero, kind), graph.weights(rng.integers(-2, 3, (3, 2)), 0.5))
        yield f"ties within, {kind}, zero point {zero}", graph.model([4]), "ties"
    graph = Graph()
    x = graph.grid("x", [0.5, 0.25, 0.125, 1.0], [3, 5, 7, 9], "uint8", axis=1)
    graph.node("MatMul", x, graph.weights(rng.integers(-3, 4, (4, 3)), 0.25))
    yield "ties, a scale for each column", graph.model([4]), "ties"


def layers():
    """Two layers with an activation between them; "cut" is one that only the quantizer's range does."""
    seed = 0
    for kind, lo, hi in [("uint4", 0, 15), ("int4", -8, 7), ("uint8", 0, 7), ("int8", -4, 3), ("uint8", 0, 255), ("int8", -128, 127)]:
        for activation in ("Relu", "cut", "Clip", "LeakyRelu", "HardSigmoid"):
            for by_channel in (False, True):
                seed += 1
                rng = np.random.default_rng(seed)
                graph, clip = Graph(), None if (lo, hi) == RANGES[kind] else (lo, hi)
                step = np.float32(8 / (hi - lo))
                x = graph.grid("x", float(step), (lo + hi) // 2, kind, clip)
                scale = np.float32(rng.uniform(0.05, 0.2, 3 if by_channel else None))
                weights = graph.weights(rng.integers(-3, 4, (4, 3)), scale.tolist(), **({"axis": 1} if by_channel else {}))
                bias = graph.weights(rng.integers(-20, 20, 3), (step * scale).tolist(), "int32", **({"axis": 0} if by_channel else {}))
                h = graph.node("Gemm", x, weights, bias)
                if activation == "Clip":
                    h = graph.node("Clip", h, graph.constant(-0.3), graph.constant(1.2))
                elif activation != "cut":
                    h = graph.node(activation, h)
                h = graph.grid(h, float(np.float32(3 / (hi - lo))), lo if activation == "cut" else lo + (hi - lo) // 3, kind, clip)
                h = graph.node("MatMul", h, graph.weights(rng.integers(-3, 4, (3, 2)), float(np.float32(rng.uniform(0.05, 0.2)))))
                if seed % 3 == 0:
                    graph.grid(h, 0.05, 100, "uint8")
                yield f"{activation}, {kind} {lo}..{hi}{', by channel' if by_channel else ''}", graph.model([4]), "numbers"


def trained():
    """torch.ao: quantizers of training that are exported as they are, integers of 7 and 8 bits."""
    torch.manual_seed(3)
    rows = torch.tensor(ROWS["pairs"])
    for by_channel in (False, True):
        for activation in (nn.ReLU, nn.Hardtanh, nn.ReLU6, nn.LeakyReLU, nn.Sigmoid, nn.Tanh, nn.Hardswish, nn.ELU):
            observed = quantization.FakeQuantize.with_args(observer=quantization.MovingAverageMinMaxObserver, quant_min=0, quant_max=127, dtype=torch.quint8)
            each = dict(observer=quantization.MovingAveragePerChannelMinMaxObserver, qscheme=torch.per_channel_symmetric, ch_axis=0)
            every = dict(observer=quantization.MovingAverageMinMaxObserver, qscheme=torch.per_tensor_symmetric)
            weight = quantization.FakeQuantize.with_args(quant_min=-128, quant_max=127, dtype=torch.qint8, **(each if by_channel else every))
            mapping = quantization.QConfigMapping().set_global(quantization.QConfig(activation=observed, weight=weight))
            module = nn.Sequential(nn.Linear(2, 3), activation(), nn.Linear(3, 2)).train()
            model = prepare_qat_fx(module, mapping, (rows[:2],))
            optimizer = torch.optim.SGD(model.parameters(), 0.05)
            for _ in range(5):
                optimizer.zero_grad()
                (model(rows).sum(1) - rows.sum(1)).pow(2).mean().backward()
                optimizer.step()
            model.eval().apply(quantization.disable_observer)
            file = io.BytesIO()
            torch.onnx.export(model, (rows[:2],), file, dynamo=False, opset_version=17, input_names=["x"], output_names=["y"],
                              dynamic_axes={"x": {0: "n"}, "y": {0: "n"}})
            proto = onnx.load_from_string(file.getvalue())
            for node in proto.graph.node:
                node.doc_string = ""
            yield f"torch.ao, {activation.__name__}{', by channel' if by_channel else ''}", proto.SerializeToString(), "pairs"


RNG = np.random.default_rng(5)
ROWS = {
    "ties": (RNG.integers(-40, 40, (32, 4)) / 4).astype(np.float32),
    "numbers": np.round(2 * RNG.normal(size=(32, 4)), 3).astype(np.float32),
    "pairs": np.round(RNG.normal(size=(32, 2)), 3).astype(np.float32),
}


def main(target):
    warnings.simplefilter("ignore")
    cases = [
        {"name": name, "rows": rows, "model": base64.b64encode(model).decode(), "scores": np.float64(scores_of(model, ROWS[rows])).tolist()}
        for make in (ties, layers, trained)
        for name, model, rows in make()
    ]
    versions = {one: importlib.metadata.version(one) for one in ("onnx", "onnxruntime", "torch")}
    head = json.dumps({"versions": versions, "rows": {name: np.float64(rows).tolist() for name, rows in ROWS.items()}})[:-1]
    with open(target, "w", encoding="utf-8") as file:
        file.write(head + ', "cases": [\n' + ",\n".join(json.dumps(case) for case in cases) + "\n]}\n")
    print(len(cases), "models")


if __name__ == "__main__":
    main(*sys.argv[1:])
