"""PyTorch by its exporter of graphs (dynamo) to ONNX, which writes other operators and operator sets than the one of traces."""

import logging
import warnings

import numpy as np
import onnx
import torch
from torch import nn

from .torch_cases import ROWS, Beside, Of, Residual, Tokens, without_traces


def exported(module, x):
    program = torch.onnx.export(module, (x,), dynamo=True, input_names=["x"], output_names=["y"], verbose=False,
                                dynamic_shapes=({0: torch.export.Dim("n")},))
    return without_traces(onnx.load_from_string(program.model_proto.SerializeToString()))


def record(recording):
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    torch.manual_seed(5)
    rng = np.random.default_rng(5)
    inputs = {}
    for name, shape in {"numbers": (4,), "series": (2, 8), "image": (2, 6, 6), "tokens": (4,)}.items():
        values = rng.integers(0, 5, (ROWS, *shape)) if name == "tokens" else np.round(rng.normal(size=(ROWS, *shape)), 2)
        inputs[name] = torch.tensor(values, dtype=torch.float32)
        recording.keep(name, values.reshape(ROWS, -1))

    def add(name, module, rows="numbers"):
        for one in module.modules():
            if isinstance(one, nn.modules.batchnorm._BatchNorm):
                one.running_mean.normal_()
                one.running_var.uniform_(0.5, 2)
        module.eval()
        with torch.no_grad():
            scores = module(inputs[rows]).numpy().reshape(ROWS, -1)
        recording.add(name, exported(module, inputs[rows]), rows, scores)

    def head(size):
        return nn.Sequential(nn.Flatten(), nn.Linear(size, 2))

    functions = [nn.GELU("tanh"), nn.SiLU(), nn.Mish(), nn.Softplus(beta=2), nn.CELU(0.7), nn.Hardswish(), nn.Hardtanh(), nn.ReLU6(),
                 nn.Softshrink(), nn.Tanhshrink(), nn.LogSigmoid(), nn.PReLU(), nn.ELU(), nn.SELU()]
    add("activations side by side", nn.Sequential(nn.Linear(4, 3), Beside(*functions), nn.Linear(3 * len(functions), 2)))
    add("BatchNorm1d, Dropout, residual", nn.Sequential(Residual(nn.Sequential(nn.Linear(4, 4), nn.BatchNorm1d(4), nn.ReLU(), nn.Dropout(0.3))), nn.Linear(4, 2)))
    add("GLU, clamp, chunks", nn.Sequential(nn.Linear(4, 8), nn.GLU(1), Of(nn.Identity(), lambda x: x.clamp(-0.5, 0.4)), Of(nn.Linear(4, 4), lambda x: x.chunk(2, 1)[0] - x.chunk(2, 1)[1].relu())))
    add("softmax", nn.Sequential(nn.Linear(4, 3), nn.Softmax(-1)))
    add("log softmax, logsumexp", Of(nn.Linear(4, 3), lambda x: torch.cat([x.log_softmax(1), x.logsumexp(1, keepdim=True)], 1)))
    add("means, variances, extremes", Of(nn.Linear(4, 3), lambda x: torch.stack([x.mean(1), x.sum(-1), x.amax(1), x.amin(1)], 1)))
    add("where, maximum, powers", Of(nn.Linear(4, 3), lambda x: torch.where(x > 0, x ** 2, torch.maximum(x * 0.3, torch.tensor(-0.2)))))
    add("einsum, matmul", Of(nn.Identity(), lambda x: torch.einsum("ni,ij->nj", x, torch.arange(8.0).view(4, 2)) + x @ torch.ones(4, 2)))
    add("two columns of a sigmoid", Of(nn.Linear(4, 1), lambda x: torch.cat([1 - x.sigmoid(), x.sigmoid()], 1)))
    add("Conv1d, BatchNorm1d, MaxPool1d", nn.Sequential(nn.Conv1d(2, 2, 3, padding=1), nn.BatchNorm1d(2), nn.ReLU(), nn.MaxPool1d(2), head(8)), "series")
    add("Conv2d, BatchNorm2d, AvgPool2d", nn.Sequential(nn.Conv2d(2, 2, 3, padding=1), nn.BatchNorm2d(2), nn.ReLU(), nn.AvgPool2d(2), head(18)), "image")
    add("Conv2d, groups, adaptive average", nn.Sequential(nn.Conv2d(2, 4, 3, groups=2), nn.ReLU(), nn.AdaptiveAvgPool2d(1), head(4)), "image")
    add("Conv2d, reflect, MaxPool2d rounded up", nn.Sequential(nn.Conv2d(2, 2, 3, padding=1, padding_mode="reflect"), nn.MaxPool2d(4, 3, ceil_mode=True), head(8)), "image")
    add("ConvTranspose2d, PixelShuffle", nn.Sequential(nn.AvgPool2d(3), nn.ConvTranspose2d(2, 4, 2, stride=2), nn.PixelShuffle(2), head(64)), "image")
    add("permute, view, mean", Of(nn.Conv2d(2, 2, 3, stride=3), lambda x: torch.cat([x.permute(0, 2, 3, 1).reshape(x.shape[0], -1), x.mean((2, 3))], 1)), "image")
    add("Embedding, mean", Tokens(True), "tokens")
    add("Embedding, flattened", Tokens(False), "tokens")
    return {"torch": torch.__version__, "onnx": onnx.__version__}
