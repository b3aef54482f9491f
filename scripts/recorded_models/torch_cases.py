"""PyTorch by its exporter of traced modules to ONNX: scores are those of the module itself in evaluation mode."""

import io
import logging
import warnings

import numpy as np
import onnx
import torch
from torch import nn
from torch.nn import functional

ROWS = 8


class Residual(nn.Module):
    """x plus a layer of x."""

    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def forward(self, x):
        return x + self.inner(x)


class Beside(nn.Module):
    """The results of layers side by side."""

    def __init__(self, *parts):
        super().__init__()
        self.parts = nn.ModuleList(parts)

    def forward(self, x):
        return torch.cat([part(x) for part in self.parts], dim=1)


class Of(nn.Module):
    """A function of a layer's result."""

    def __init__(self, inner, function):
        super().__init__()
        self.inner = inner
        self.function = function

    def forward(self, x):
        return self.function(self.inner(x))


class Tokens(nn.Module):
    """Embedded tokens, of floats as rows are, their mean or all of them, and a layer."""

    def __init__(self, mean):
        super().__init__()
        self.embedding = nn.Embedding(5, 3)
        self.mean = mean
        self.last = nn.Linear(3 if mean else 12, 3)

    def forward(self, x):
        vectors = self.embedding(x.long())
        return self.last(vectors.mean(1) if self.mean else vectors.flatten(1))


def without_traces(model):
    """The model without the notes of the exporter, which are longer than the model."""
    model.doc_string = ""
    del model.metadata_props[:]
    graph = model.graph
    for one in [graph, *graph.node, *graph.input, *graph.output, *graph.value_info, *graph.initializer]:
        one.doc_string = ""
        del one.metadata_props[:]
    del graph.value_info[:]
    return model.SerializeToString()


def of_torchscript(module, x):
    file = io.BytesIO()
    torch.onnx.export(module, (x,), file, dynamo=False, input_names=["x"], output_names=["y"], opset_version=17,
                      dynamic_axes={"x": {0: "n"}, "y": {0: "n"}})
    return onnx.load_from_string(file.getvalue())


EXPORTERS = {"torchscript": of_torchscript}


def record(recording):
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    torch.manual_seed(4)
    rng = np.random.default_rng(4)
    shapes = {"numbers": (4,), "series": (2, 8), "image": (2, 6, 6), "tokens": (4,)}
    inputs = {}
    for name, shape in shapes.items():
        values = rng.integers(0, 5, (ROWS, *shape)) if name == "tokens" else np.round(rng.normal(size=(ROWS, *shape)), 2)
        inputs[name] = torch.tensor(values, dtype=torch.float32)
        recording.keep(name, values.reshape(ROWS, -1))

    def add(name, module, rows="numbers", labels=None):
        for one in module.modules():
            if isinstance(one, nn.modules.batchnorm._BatchNorm):
                one.running_mean.normal_()
                one.running_var.uniform_(0.5, 2)
                if one.affine:
                    one.weight.data.normal_()
                    one.bias.data.normal_()
        module.eval()
        x = inputs[rows]
        with torch.no_grad():
            scores = module(x).numpy().reshape(ROWS, -1)
        chosen = {"argmax": lambda: scores.argmax(1), "half": lambda: (scores[:, 0] > 0.5).astype(int)}
        for exporter, export in EXPORTERS.items():
            try:
                file = without_traces(export(module, x))
            except (torch.onnx.errors.OnnxExporterError, torch.onnx.errors.UnsupportedOperatorError, RuntimeError) as error:
                print(f"{name}: not exported by {exporter}: {str(error).splitlines()[0][:120]}")
                continue
            recording.add(f"{name}, {exporter}", file, rows, scores, None if labels is None else chosen[labels]())

    functions = [nn.ReLU(), nn.LeakyReLU(0.1), nn.PReLU(), nn.GELU(), nn.GELU("tanh"), nn.SiLU(), nn.Mish(), nn.Tanh(), nn.Sigmoid(),
                 nn.Softplus(), nn.Softplus(beta=2), nn.Softsign(), nn.ELU(), nn.ELU(alpha=0.5), nn.SELU(), nn.CELU(0.7), nn.Hardswish(), nn.Hardsigmoid(),
                 nn.Hardtanh(), nn.ReLU6(), nn.Hardshrink(), nn.Softshrink(), nn.Tanhshrink(), nn.LogSigmoid()]
    for function in functions:
        add(str(function), nn.Sequential(nn.Linear(4, 3), function, nn.Linear(3, 2)), "numbers", "argmax")

    add("Linear without bias", nn.Linear(4, 3, bias=False), "numbers", "argmax")
    add("Linear, one score", nn.Linear(4, 1))
    add("Linear, sigmoid", nn.Sequential(nn.Linear(4, 1), nn.Sigmoid()), "numbers", "half")
    add("Linear, sigmoid, squeezed", Of(nn.Linear(4, 1), lambda x: torch.sigmoid(x).squeeze(1)), "numbers", "half")
    add("Linear, two columns of a sigmoid", Of(nn.Linear(4, 1), lambda x: torch.cat([1 - x.sigmoid(), x.sigmoid()], 1)), "numbers", "argmax")
    add("Linear, softmax", nn.Sequential(nn.Linear(4, 3), nn.Softmax(1)), "numbers", "argmax")
    add("Linear, softmax of the last axis", nn.Sequential(nn.Linear(4, 3), nn.Softmax(-1)), "numbers", "argmax")
    add("Linear, log softmax", nn.Sequential(nn.Linear(4, 3), nn.LogSoftmax(1)), "numbers", "argmax")
    add("Linear, logsumexp", Of(nn.Linear(4, 3), lambda x: x.logsumexp(1, keepdim=True)))
    add("Linear, exp", Of(nn.Linear(4, 1), torch.exp))
    add("BatchNorm1d first", nn.Sequential(nn.BatchNorm1d(4), nn.Linear(4, 3)), "numbers", "argmax")
    add("BatchNorm1d within", nn.Sequential(nn.Linear(4, 3), nn.BatchNorm1d(3), nn.ReLU(), nn.Linear(3, 2)), "numbers", "argmax")
    add("BatchNorm1d without weights", nn.Sequential(nn.Linear(4, 3), nn.BatchNorm1d(3, affine=False), nn.ReLU()), "numbers", "argmax")
    add("Dropout", nn.Sequential(nn.Dropout(0.5), nn.Linear(4, 3), nn.Dropout(0.2), nn.ReLU(), nn.AlphaDropout(), nn.Linear(3, 2)), "numbers", "argmax")
    add("Residual", nn.Sequential(Residual(nn.Sequential(nn.Linear(4, 4), nn.ReLU())), nn.Linear(4, 2)), "numbers", "argmax")
    add("Side by side", nn.Sequential(Beside(nn.Linear(4, 2), nn.Identity()), nn.ReLU(), nn.Linear(6, 2)), "numbers", "argmax")
    add("Bilinear product", Of(nn.Linear(4, 4), lambda x: x[:, :2] * x[:, 2:]), "numbers", "argmax")
    add("Split, chunks", Of(nn.Linear(4, 4), lambda x: x.chunk(2, 1)[0] - x.chunk(2, 1)[1].relu()), "numbers", "argmax")
    add("GLU", nn.Sequential(nn.Linear(4, 6), nn.GLU(1)), "numbers", "argmax")
    add("Clamp", Of(nn.Linear(4, 3), lambda x: x.clamp(-0.5, 0.25)), "numbers")
    add("Minimum and maximum", Of(nn.Linear(4, 3), lambda x: x.clamp_max(0.4) + torch.maximum(x, torch.tensor(0.1))), "numbers", "argmax")
    add("Scaled by constants", Of(nn.Linear(4, 3), lambda x: (x - torch.tensor([0.1, 0.2, 0.3])) / torch.tensor([2.0, 3.0, 4.0])), "numbers", "argmax")
    add("Squares", Of(nn.Linear(4, 3), lambda x: x ** 2), "numbers", "argmax")
    add("Mean and sum", Of(nn.Linear(4, 3), lambda x: torch.stack([x.mean(1), x.sum(-1)], 1)), "numbers", "argmax")
    add("matmul with a parameter", Of(nn.Identity(), lambda x: x @ torch.tensor([[1.0, 2], [3, -4], [0.5, 1], [-1, 0.25]])), "numbers", "argmax")
    add("einsum", Of(nn.Identity(), lambda x: torch.einsum("ni,ij->nj", x, torch.tensor([[1.0, 2], [3, -4], [0.5, 1], [-1, 0.25]]))), "numbers", "argmax")
    add("where", Of(nn.Linear(4, 3), lambda x: torch.where(x > 0, x, x * 0.3 - 0.1)), "numbers", "argmax")

    def head(size):
        return nn.Sequential(nn.Flatten(), nn.Linear(size, 2))

    add("Conv1d", nn.Sequential(nn.Conv1d(2, 2, 3), nn.ReLU(), head(12)), "series", "argmax")
    add("Conv1d, padded", nn.Sequential(nn.Conv1d(2, 2, 3, padding="same"), nn.ReLU(), head(16)), "series", "argmax")
    add("Conv1d, dilated and strided", nn.Sequential(nn.Conv1d(2, 2, 2, stride=2, dilation=2), nn.ReLU(), head(6)), "series", "argmax")
    add("Conv1d, BatchNorm1d", nn.Sequential(nn.Conv1d(2, 2, 3), nn.BatchNorm1d(2), nn.ReLU(), head(12)), "series", "argmax")
    add("MaxPool1d", nn.Sequential(nn.Conv1d(2, 2, 3), nn.MaxPool1d(2), head(6)), "series", "argmax")
    add("AvgPool1d, padded", nn.Sequential(nn.AvgPool1d(3, 2, padding=1), head(8)), "series", "argmax")
    for mode in ("zeros", "reflect", "replicate", "circular"):
        add(f"Conv2d, padding of {mode}", nn.Sequential(nn.Conv2d(2, 2, 3, padding=1, padding_mode=mode), nn.ReLU(), head(72)), "image", "argmax")
    add("Conv2d, groups", nn.Sequential(nn.Conv2d(2, 4, 3, groups=2), nn.ReLU(), head(64)), "image", "argmax")
    add("Conv2d, dilated", nn.Sequential(nn.Conv2d(2, 2, 2, dilation=(2, 1), padding=(1, 0)), nn.ReLU(), head(60)), "image", "argmax")
    add("Conv2d, same of an even kernel", nn.Sequential(nn.Conv2d(2, 2, 2, padding="same"), nn.ReLU(), head(72)), "image", "argmax")
    add("Conv2d, strided, no bias, BatchNorm2d", nn.Sequential(nn.Conv2d(2, 2, 3, stride=2, bias=False), nn.BatchNorm2d(2), nn.ReLU(), head(8)), "image", "argmax")
    add("BatchNorm2d first", nn.Sequential(nn.BatchNorm2d(2), nn.Conv2d(2, 2, 3, stride=3), head(8)), "image", "argmax")
    add("ConvTranspose2d", nn.Sequential(nn.AvgPool2d(3), nn.ConvTranspose2d(2, 2, 2, stride=2), head(32)), "image", "argmax")
    add("MaxPool2d", nn.Sequential(nn.Conv2d(2, 2, 3), nn.MaxPool2d(2), head(8)), "image", "argmax")
    add("MaxPool2d, padded, rounded up", nn.Sequential(nn.MaxPool2d(3, 2, padding=1, ceil_mode=True), head(32)), "image", "argmax")
    add("MaxPool2d, dilated", nn.Sequential(nn.MaxPool2d(2, 1, dilation=2), head(32)), "image", "argmax")
    for counted in (True, False):
        add(f"AvgPool2d, padding counts: {counted}", nn.Sequential(nn.AvgPool2d(3, 2, 1, count_include_pad=counted), head(18)), "image", "argmax")
    add("AvgPool2d, rounded up", nn.Sequential(nn.AvgPool2d(4, 3, ceil_mode=True), head(8)), "image", "argmax")
    add("AvgPool2d, rounded up, padded", nn.Sequential(nn.AvgPool2d(4, 3, padding=1, ceil_mode=True), head(18)), "image", "argmax")
    add("AvgPool2d, rounded up, padding does not count", nn.Sequential(nn.AvgPool2d(4, 3, 1, True, False), head(18)), "image", "argmax")
    add("AvgPool1d, rounded up", nn.Sequential(nn.AvgPool1d(3, 2, ceil_mode=True), head(8)), "series", "argmax")
    add("AdaptiveAvgPool2d, one", nn.Sequential(nn.AdaptiveAvgPool2d(1), head(2)), "image", "argmax")
    add("AdaptiveAvgPool2d, three", nn.Sequential(nn.AdaptiveAvgPool2d(3), head(18)), "image", "argmax")
    add("AdaptiveMaxPool2d, one", nn.Sequential(nn.AdaptiveMaxPool2d(1), head(2)), "image", "argmax")
    add("Mean over an image", nn.Sequential(Of(nn.Conv2d(2, 3, 3), lambda x: x.mean((2, 3)))), "image", "argmax")
    add("Dropout2d, residual", nn.Sequential(Residual(nn.Sequential(nn.Conv2d(2, 2, 3, padding=1), nn.Dropout2d())), nn.ReLU(), nn.AdaptiveAvgPool2d(2), head(8)), "image", "argmax")
    add("Side by side in channels", nn.Sequential(Beside(nn.Conv2d(2, 1, 1), nn.Conv2d(2, 2, 3, padding=1)), nn.ReLU(), nn.AvgPool2d(3), head(12)), "image", "argmax")
    add("ZeroPad2d", nn.Sequential(nn.ZeroPad2d((1, 0, 2, 1)), nn.AvgPool2d(3), head(12)), "image", "argmax")
    add("ReflectionPad2d", nn.Sequential(nn.ReflectionPad2d(1), nn.AvgPool2d(2), head(32)), "image", "argmax")
    add("PixelShuffle", nn.Sequential(nn.Conv2d(2, 4, 3, stride=3), nn.PixelShuffle(2), head(16)), "image", "argmax")
    add("permute, view", Of(nn.Conv2d(2, 2, 3, stride=3), lambda x: x.permute(0, 2, 3, 1).reshape(x.shape[0], -1)), "image", "argmax")
    add("view of the batch", Of(nn.Conv2d(2, 2, 3, stride=3), lambda x: x.view(x.size(0), -1)), "image", "argmax")
    add("functional.pad, constant", Of(nn.AvgPool2d(3), lambda x: functional.pad(x, (1, 0), value=0.5).flatten(1)), "image", "argmax")
    add("Embedding, mean", Tokens(True), "tokens", "argmax")
    add("Embedding, flattened", Tokens(False), "tokens", "argmax")
    return {"torch": torch.__version__, "onnx": onnx.__version__}
