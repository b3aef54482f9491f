"""Records small quantized models for tests/ml/quantized/quantized.test.ts.

    python scripts/record_quantized.py tests/ml/quantized/models.json

Needs numpy, torch, brevitas, onnx, onnxruntime and qonnx. Scores are those of ONNX Runtime with its optimisations off, or of qonnx
where the file has operators of its own.
"""

import base64
import importlib.metadata
import io
import json
import pathlib
import sys
import tempfile

import numpy as np
import onnx
import onnxruntime
import torch
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.preprocess import quant_pre_process

COLUMNS, HIDDEN, CLASSES, ROWS = 6, 5, 3, 40


class Rows(CalibrationDataReader):
    def __init__(self, rows):
        self.rows = iter([{"x": rows[i : i + 1]} for i in range(len(rows))])

    def get_next(self):
        return next(self.rows, None)


def plain_model(seed, convolution=False):
    torch.manual_seed(seed)
    if convolution:
        layers = [torch.nn.Unflatten(1, (1, COLUMNS)), torch.nn.Conv1d(1, 2, 3), torch.nn.ReLU(), torch.nn.Flatten()]
        return torch.nn.Sequential(*layers, torch.nn.Linear(2 * (COLUMNS - 2), CLASSES))
    return torch.nn.Sequential(
        torch.nn.Linear(COLUMNS, HIDDEN), torch.nn.ReLU(), torch.nn.Linear(HIDDEN, CLASSES)
    )


def onnx_bytes(model):
    file = io.BytesIO()
    example = torch.zeros(1, COLUMNS)
    names = {"input_names": ["x"], "output_names": ["y"], "dynamic_axes": {"x": {0: "n"}, "y": {0: "n"}}}
    torch.onnx.export(model.eval(), example, file, dynamo=False, **names)
    return file.getvalue()


def runtime_scores(model, rows):
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    return np.concatenate([session.run(None, {name: rows[i : i + 1]})[0] for i in range(len(rows))])


def runtime_cases(rows):
    kinds = {
        "uint8": dict(activation_type=QuantType.QUInt8, weight_type=QuantType.QInt8),
        "int8": dict(activation_type=QuantType.QInt8, weight_type=QuantType.QInt8),
        "uint8-weights": dict(activation_type=QuantType.QUInt8, weight_type=QuantType.QUInt8),
        "per-channel": dict(activation_type=QuantType.QUInt8, weight_type=QuantType.QInt8, per_channel=True),
        "uint16": dict(activation_type=QuantType.QUInt16, weight_type=QuantType.QInt8),
        "int16": dict(activation_type=QuantType.QInt16, weight_type=QuantType.QInt8),
    }
    for convolution in (False, True):
        for name, options in kinds.items():
            for form in (QuantFormat.QDQ, QuantFormat.QOperator):
                if form == QuantFormat.QOperator and "16" in name:
                    continue
                with tempfile.TemporaryDirectory() as folder:
                    source, target = f"{folder}/a.onnx", f"{folder}/b.onnx"
                    pathlib.Path(source).write_bytes(onnx_bytes(plain_model(7, convolution)))
                    quant_pre_process(source, source, skip_symbolic_shape=True)
                    quantize_static(source, target, Rows(rows), quant_format=form, **options)
                    model = pathlib.Path(target).read_bytes()
                part = "conv" if convolution else "dense"
                yield f"runtime {form.name} {part} {name}", model, runtime_scores(model, rows)


def brevitas_cases(rows):
    import brevitas.nn as qnn
    from brevitas.export import export_onnx_qcdq, export_qonnx
    from brevitas.quant import Int8ActPerTensorFloat, Int8WeightPerChannelFloat, Int8WeightPerTensorFloat
    from brevitas.quant import Uint8ActPerTensorFloat
    from qonnx.core.modelwrapper import ModelWrapper
    from qonnx.core.onnx_exec import execute_onnx

    for bits in (2, 3, 4, 8):
        for per_channel in (False, True):
            torch.manual_seed(bits)
            weights = Int8WeightPerChannelFloat if per_channel else Int8WeightPerTensorFloat
            layer = dict(weight_bit_width=bits, weight_quant=weights)
            model = torch.nn.Sequential(
                qnn.QuantIdentity(bit_width=bits, act_quant=Int8ActPerTensorFloat),
                qnn.QuantLinear(COLUMNS, HIDDEN, bias=True, **layer),
                qnn.QuantReLU(bit_width=bits, act_quant=Uint8ActPerTensorFloat),
                qnn.QuantLinear(HIDDEN, CLASSES, bias=True, **layer),
            )
            model(torch.tensor(rows))
            model.eval()
            name = f"{bits} bits, per {'channel' if per_channel else 'tensor'}"
            with tempfile.TemporaryDirectory() as folder:
                path = f"{folder}/m.onnx"
                example = torch.tensor(rows[:1])
                for form, export in (("qcdq", export_onnx_qcdq), ("qonnx", export_qonnx)):
                    export(model, example, path)
                    wrapped = ModelWrapper(path)
                    inputs, outputs = wrapped.graph.input[0].name, wrapped.graph.output[0].name
                    if form == "qcdq":
                        scores = runtime_scores(pathlib.Path(path).read_bytes(), rows)
                    else:
                        scores = np.concatenate(
                            [execute_onnx(wrapped, {inputs: rows[i : i + 1]})[outputs] for i in range(len(rows))]
                        )
                    yield f"brevitas {form} {name}", pathlib.Path(path).read_bytes(), scores


def stripped(model):
    """The model without what only tells where it came from."""
    proto = onnx.ModelProto.FromString(model)
    del proto.metadata_props[:], proto.graph.metadata_props[:], proto.graph.value_info[:], proto.functions[:]
    proto.doc_string = proto.graph.doc_string = ""
    for node in proto.graph.node:
        node.doc_string = ""
        del node.metadata_props[:]
    return proto.SerializeToString()


def main(target):
    rows = np.random.default_rng(3).normal(size=(ROWS, COLUMNS)).astype(np.float32)
    cases = [
        {"name": name, "model": base64.b64encode(stripped(model)).decode(), "scores": np.float64(scores).tolist()}
        for name, model, scores in [*runtime_cases(rows), *brevitas_cases(rows)]
    ]
    versions = {one: importlib.metadata.version(one) for one in ("onnx", "onnxruntime", "brevitas", "qonnx", "torch")}
    recording = {"versions": versions, "x": np.float64(rows).tolist(), "cases": cases}
    pathlib.Path(target).parent.mkdir(parents=True, exist_ok=True)
    # A line for each case.
    body = ",\n".join(json.dumps(case) for case in cases)
    head = json.dumps({key: recording[key] for key in ("versions", "x")})[:-1]
    pathlib.Path(target).write_text(f'{head}, "cases": [\n{body}\n]}}\n')
    print(len(cases), "models")


if __name__ == "__main__":
    main(*sys.argv[1:])
