"""Single operators of ai.onnx.ml, made by hand, as exporters rarely write them.

Scores are those of ONNX Runtime. Labels are those of ONNX's own evaluator where that takes the class of the largest score
and ONNX Runtime does not: it compares one of two columns with 0, and leaves out classes that the reached leaves do not name.
"""

import re

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper
from onnx.reference import ReferenceEvaluator

from .data import Data

ML = "ai.onnx.ml"
# A stump on feature 0 and a tree of two questions; leaves of targets 0 and 1.
TREES = {
    "nodes_treeids": [0, 0, 0, 1, 1, 1, 1, 1],
    "nodes_nodeids": [0, 1, 2, 0, 1, 2, 3, 4],
    "nodes_featureids": [0, 0, 0, 1, 2, 0, 0, 0],
    "nodes_values": [0.125, 0.0, 0.0, -0.25, 0.5, 0.0, 0.0, 0.0],
    "nodes_modes": ["BRANCH_LEQ", "LEAF", "LEAF", "BRANCH_LEQ", "BRANCH_LEQ", "LEAF", "LEAF", "LEAF"],
    "nodes_truenodeids": [1, 0, 0, 1, 3, 0, 0, 0],
    "nodes_falsenodeids": [2, 0, 0, 2, 4, 0, 0, 0],
}
LEAVES = {"treeids": [0, 0, 1, 1, 1], "nodeids": [1, 2, 2, 3, 4], "weights": [0.5, -0.75, 0.25, -0.5, 1.5]}
# Two columns a leaf.
DOUBLE = {"treeids": [0, 0, 0, 0, 1, 1, 1, 1, 1, 1], "nodeids": [1, 1, 2, 2, 2, 2, 3, 3, 4, 4], "ids": [0, 1] * 5,
          "weights": [0.5, -0.25, -0.75, 0.5, 0.25, 1.0, -0.5, 0.125, 1.5, -1.0]}
SINGLE = {**LEAVES, "ids": [0] * 5}
SPARSE = {**LEAVES, "ids": [0, 1, 2, 1, 0]}
# Three columns a leaf, and two that are opposite.
THREE = {"treeids": [0] * 6 + [1] * 9, "nodeids": [1, 1, 1, 2, 2, 2, 2, 2, 2, 3, 3, 3, 4, 4, 4], "ids": [0, 1, 2] * 5,
         "weights": [0.5, -0.25, 0.1, -0.75, 0.5, 0.2, 0.25, 1.0, -1.5, -0.5, 0.125, 0.3, 1.5, -1.0, 0.7]}
OPPOSITE = {**DOUBLE, "weights": [0.5, -0.5, -0.75, 0.75, 0.25, -0.25, -0.5, 0.5, 1.5, -1.5]}
COMPARISONS = ["BRANCH_LEQ", "BRANCH_LT", "BRANCH_GTE", "BRANCH_GT", "BRANCH_EQ", "BRANCH_NEQ"]
TRANSFORMS = ["NONE", "SOFTMAX", "LOGISTIC", "SOFTMAX_ZERO", "PROBIT"]
# What is refused, by parts of names, and words of the message: first those whose scores ONNX Runtime and ONNX disagree about.
REFUSED = [
    (r"leaves that leave out targets", "write a weight for each of them"),
    (r"base values \[0.125, 0.25\]", "write one base value"),
    (r"^TreeEnsembleRegressor, (SOFT|LOG|PROB)[A-Z_]+$|^LinearRegressor, (SOFT|LOG|PROB).*one target|^SVMRegressor, (SOFT|LOG|PROB)[A-Z_]*, linear",
     "against what ONNX says; use NONE, and an operator after it"),
    (r"^TreeEnsemble, (SOFT|LOG)", "ONNX and ONNX Runtime do not mean the same by post_transform"),
    (r"^LinearClassifier, (NONE|SOFT.*|PROBIT), one row", "use LOGISTIC, or a row for each class"),
    (r"^SVMClassifier, (SOFT|PROB).*, two classes of votes", "use NONE or LOGISTIC"),
    (r"of one class", "look at the sign after decryption, or use IsolationForest"),
    (r"supports, three classes", "it decides between pairs of classes by votes; use LinearSVC"),
    (r"supports, probabilities", "it estimates probabilities from votes; train with probability=False"),
    (r"POLY|RBF|SIGMOID", 'train with kernel="linear", or a tree ensemble'),
    (r"PROBIT", "the transform PROBIT is not imported; export with NONE and apply it to the result"),
    (r"SOFTMAX_ZERO, (two targets|two classes of (two|opposite)|.*the second|three|words|two rows|linear, (two|three))", "SOFTMAX_ZERO is not imported; use SOFTMAX or LOGISTIC"),
]


def leaves(kind, of):
    return {f"{kind}_{name}": values for name, values in of.items()}


def model_of(nodes, outputs, columns=4, version=3, kind=TensorProto.FLOAT, initializers=()):
    graph = helper.make_graph(nodes, "g", [helper.make_tensor_value_info("x", kind, ["n", columns])],
                              [helper.make_tensor_value_info(name, of, None) for name, of in outputs], list(initializers))
    opsets = [helper.make_opsetid("", 18), helper.make_opsetid(ML, version)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=10).SerializeToString()


def reference(file, x):
    """The labels that ONNX's own evaluator gives."""
    return [str(one) if isinstance(one, str) else int(one) for one in ReferenceEvaluator(file).run(None, {"x": x})[0]]


def record(recording):
    whole = Data(41)
    numbers = recording.keep("numbers", whole.rows.astype(np.float32)[:16])
    ties = recording.keep("ties", np.round(numbers * 4) / 8)
    gaps = numbers.copy()
    gaps[::3, 0] = np.nan
    gaps[1::4, 1] = np.nan
    recording.keep("gaps", gaps)
    codes = recording.keep("codes", np.stack([np.arange(16) % 4, np.arange(16) // 4, np.arange(16) % 3, np.ones(16)], 1).astype(np.float32))
    sets = {"numbers": numbers, "ties": ties, "gaps": gaps, "codes": codes}

    def add(name, file, rows="numbers", take=-1, labels=None, kind=np.float32):
        try:
            results = onnxruntime.InferenceSession(file).run(None, {"x": sets[rows].astype(kind)})
        except Exception as error:
            print(f"{name}: not run: {str(error).splitlines()[0][:150]}")
            return
        for pattern, words in REFUSED:
            if re.search(pattern, name):
                return recording.refuse(name, file, words)
        chosen = None if labels is None else (reference(file, sets[rows]) if labels == "ONNX" else results[0].tolist())
        scores = results[take]
        recording.add(name, file, rows, np.asarray(scores, float).reshape(len(sets[rows]), -1), chosen)

    def trees(name, kind, of, rows="numbers", labels=None, changes=None, **more):
        prefix = "target" if kind == "TreeEnsembleRegressor" else "class"
        names = {**TREES, **leaves(prefix, of), **more, **(changes or {})}
        if kind == "TreeEnsembleRegressor":
            file = model_of([helper.make_node(kind, ["x"], ["y"], domain=ML, **names)], [("y", TensorProto.FLOAT)])
        else:
            words = isinstance(more.get("classlabels_strings"), list)
            file = model_of([helper.make_node(kind, ["x"], ["label", "y"], domain=ML, **names)],
                            [("label", TensorProto.STRING if words else TensorProto.INT64), ("y", TensorProto.FLOAT)])
        add(f"{kind}, {name}", file, rows, labels=labels)

    R, C = "TreeEnsembleRegressor", "TreeEnsembleClassifier"
    for aggregate in ("SUM", "AVERAGE", "MIN", "MAX"):
        for base in (None, [0.25]):
            more = {} if base is None else {"base_values": base}
            trees(f"{aggregate}, base values {base}", R, SINGLE, n_targets=1, aggregate_function=aggregate, **more)
        trees(f"{aggregate}, two targets", R, DOUBLE, n_targets=2, aggregate_function=aggregate, base_values=[0.5, -0.25])
    for transform in TRANSFORMS:
        trees(f"{transform}", R, {**SINGLE, "weights": [0.2, 0.3, 0.1, 0.4, 0.25]}, n_targets=1, post_transform=transform)
        trees(f"{transform}, two targets", R, DOUBLE, n_targets=2, post_transform=transform)
        trees(f"{transform}, three classes", C, THREE, labels=True, classlabels_int64s=[0, 1, 2], post_transform=transform)
        trees(f"{transform}, two classes of two columns", C, DOUBLE, labels="ONNX", classlabels_int64s=[0, 1], post_transform=transform)
        trees(f"{transform}, two classes of opposite columns", C, OPPOSITE, labels=True, classlabels_int64s=[0, 1], post_transform=transform)
        trees(f"{transform}, two classes of one column", C, SINGLE, labels=True, classlabels_int64s=[0, 1], post_transform=transform)
        trees(f"{transform}, two classes of one column, the second", C, {**SINGLE, "ids": [1] * 5}, labels=True, classlabels_int64s=[0, 1], post_transform=transform)
        trees(f"{transform}, two classes of one column, shares", C, {**SINGLE, "weights": [0.2, 0.3, 0.1, 0.4, 0.5]}, labels="ONNX" if transform == "LOGISTIC" else True, classlabels_int64s=[0, 1], post_transform=transform)
        trees(f"{transform}, words", C, THREE, labels=True, classlabels_strings=["a", "b", "c"], post_transform=transform)
    trees("leaves that leave out classes", C, SPARSE, labels="ONNX", classlabels_int64s=[0, 1, 2])
    trees("shares that leave out classes", C, {**SPARSE, "weights": [0.2, 0.3, 0.1, 0.4, 0.5]}, labels=True, classlabels_int64s=[0, 1, 2])
    trees("base values and leaves of some classes", C, SPARSE, labels=True, classlabels_int64s=[5, 7, 9], base_values=[0.5, -0.25, 0.125])
    trees("MIN, leaves that leave out targets", R, {**LEAVES, "ids": [0, 1, 1, 0, 1]}, n_targets=2, aggregate_function="MIN")
    trees("base values of three classes", C, THREE, labels=True, classlabels_int64s=[5, 7, 9], base_values=[0.5, -0.25, 0.125])
    trees("base value of one column", C, SINGLE, labels=True, classlabels_int64s=[0, 1], base_values=[0.5], post_transform="LOGISTIC")
    for transform in ("NONE", "LOGISTIC"):
        for part, of in [("", SINGLE), (" of shares", {**SINGLE, "weights": [0.2, 0.3, 0.1, 0.4, 0.5]})]:
            for base in ([0.25], [0.125, 0.25]):
                trees(f"{transform}, one column{part}, base values {base}", C, of, labels=True, classlabels_int64s=[0, 1], post_transform=transform, base_values=base)
    for comparison in COMPARISONS:
        modes = [comparison if mode != "LEAF" else mode for mode in TREES["nodes_modes"]]
        for rows in ("ties", "gaps"):
            for tracks in ([0] * 8, [1, 0, 0, 0, 1, 0, 0, 0]):
                trees(f"{comparison}, {rows}, missing tracks {tracks[0]}", R, SINGLE, rows, n_targets=1,
                      changes={"nodes_modes": modes, "nodes_missing_value_tracks_true": tracks})
    trees("mixed comparisons", R, SINGLE, "ties", n_targets=1, changes={"nodes_modes": ["BRANCH_LT", "LEAF", "LEAF", "BRANCH_GTE", "BRANCH_EQ", "LEAF", "LEAF", "LEAF"]})

    # The operator that takes the place of both.
    def ensemble(name, rows="numbers", modes=(0, 0, 0), aggregate=1, transform=0, targets=1, tracks=None, members=None):
        def array(key, values, of=TensorProto.FLOAT):
            return {key: helper.make_tensor(key, of, [len(values)], values)}
        weights = [0.5, -0.75, 0.25, -0.5, 1.5]
        named = dict(n_targets=targets, tree_roots=[0, 1], nodes_featureids=[0, 1, 2], nodes_truenodeids=[0, 2, 3], nodes_trueleafs=[1, 0, 1],
                     nodes_falsenodeids=[1, 2, 4], nodes_falseleafs=[1, 1, 1], leaf_targetids=[0, 0, 0, 0, 0] if targets == 1 else [0, 1, 1, 0, 1],
                     aggregate_function=aggregate, post_transform=transform,
                     **array("nodes_splits", [0.125, -0.25, 0.5]), **array("nodes_modes", list(modes), TensorProto.UINT8), **array("leaf_weights", weights))
        if tracks:
            named["nodes_missing_value_tracks_true"] = tracks
        if members:
            named.update(array("membership_values", members))
        add(f"TreeEnsemble, {name}", model_of([helper.make_node("TreeEnsemble", ["x"], ["y"], domain=ML, **named)], [("y", TensorProto.FLOAT)], version=5), rows)

    for aggregate, word in enumerate(["AVERAGE", "SUM", "MIN", "MAX"]):
        ensemble(word, aggregate=aggregate)
        parted = "leaves that leave out targets" if word in ("MIN", "MAX") else "two targets"
        ensemble(f"{word}, {parted}", aggregate=aggregate, targets=2)
    for transform, word in enumerate(["NONE", "SOFTMAX", "LOGISTIC", "SOFTMAX_ZERO"]):
        ensemble(f"{word}, two targets", transform=transform, targets=2)
    for mode in range(6):
        ensemble(f"mode {mode}", "ties", (mode,) * 3)
        ensemble(f"mode {mode}, gaps", "gaps", (mode,) * 3, tracks=[1, 0, 1])
    ensemble("a set of members", "codes", (6, 0, 0), members=[1.0, 3.0, float("nan")])

    def node(name, op, inputs=("x",), outputs=(("y", TensorProto.FLOAT),), rows="numbers", labels=None, initializers=(), kind=(TensorProto.FLOAT, np.float32), **more):
        file = model_of([helper.make_node(op, list(inputs), [n for n, _ in outputs], domain=ML, **more)], outputs, initializers=initializers, kind=kind[0])
        add(f"{op}, {name}", file, rows, labels=labels, kind=kind[1])

    label = [("label", TensorProto.INT64), ("y", TensorProto.FLOAT)]
    wordy = [("label", TensorProto.STRING), ("y", TensorProto.FLOAT)]
    square = [0.5, -1.0, 0.25, 0.125, -0.5, 0.75, 1.0, -0.25, 0.3, 0.2, -0.4, 0.1]
    for transform in TRANSFORMS:
        node(f"{transform}, one target", "LinearRegressor", coefficients=square[:4], intercepts=[0.25], targets=1, post_transform=transform)
        node(f"{transform}, three targets", "LinearRegressor", coefficients=square, intercepts=[0.25, 0.1, -0.2], targets=3, post_transform=transform)
        node(f"{transform}, three classes", "LinearClassifier", outputs=label, labels=True, coefficients=square, intercepts=[0.25, 0.1, -0.2], classlabels_ints=[0, 1, 2], post_transform=transform)
        node(f"{transform}, two rows", "LinearClassifier", outputs=label, labels=True, coefficients=square[:8], intercepts=[0.25, 0.1], classlabels_ints=[0, 1], post_transform=transform)
        node(f"{transform}, one row", "LinearClassifier", outputs=label, labels=True, coefficients=square[:4], intercepts=[0.25], classlabels_ints=[0, 1], post_transform=transform)
        node(f"{transform}, words", "LinearClassifier", outputs=wordy, labels=True, coefficients=square[:8], intercepts=[0.25, 0.1], classlabels_strings=["a", "b"], post_transform=transform)
        node(f"{transform}, linear", "SVMRegressor", coefficients=square[:4], kernel_params=[0.0, 0.0, 0.0], kernel_type="LINEAR", n_supports=0, rho=[0.5], post_transform=transform)
        node(f"{transform}, of one class", "SVMRegressor", coefficients=square[:4], kernel_params=[0.0, 0.0, 0.0], kernel_type="LINEAR", n_supports=0, rho=[0.5], one_class=1, post_transform=transform)
        node(f"{transform}, linear, two classes", "SVMClassifier", outputs=label, labels="ONNX", coefficients=square[:8], kernel_params=[0.0, 0.0, 0.0], kernel_type="LINEAR", rho=[0.5, 0.25], classlabels_ints=[0, 1], post_transform=transform)
        node(f"{transform}, linear, three classes", "SVMClassifier", outputs=label, labels=True, coefficients=square, kernel_params=[0.0, 0.0, 0.0], kernel_type="LINEAR", rho=[0.5, 0.25, 0.1], classlabels_ints=[0, 1, 2], post_transform=transform)
    node("multi_class=1", "LinearClassifier", outputs=label, labels=True, coefficients=square, intercepts=[0.25, 0.1, -0.2], classlabels_ints=[0, 1, 2], multi_class=1)
    node("no intercepts", "LinearClassifier", outputs=label, labels=True, coefficients=square, classlabels_ints=[0, 1, 2])
    node("no intercepts", "LinearRegressor", coefficients=square[:4])
    node("supports", "SVMRegressor", coefficients=[0.5, -0.5], support_vectors=square[:8], kernel_params=[0.5, 0.25, 2.0], kernel_type="LINEAR", n_supports=2, rho=[0.5])
    for kernel in ("POLY", "RBF", "SIGMOID"):
        node(f"{kernel}", "SVMRegressor", coefficients=[0.5, -0.5], support_vectors=square[:8], kernel_params=[0.5, 0.25, 2.0], kernel_type=kernel, n_supports=2, rho=[0.5])
    for kernel in ("LINEAR", "RBF", "POLY"):
        node(f"{kernel}, supports", "SVMClassifier", outputs=label, labels=True, coefficients=[0.5, -0.75], support_vectors=square[:8], vectors_per_class=[1, 1], kernel_params=[0.5, 0.25, 2.0], kernel_type=kernel, rho=[0.5], classlabels_ints=[0, 1])
        node(f"{kernel}, supports, probabilities", "SVMClassifier", outputs=label, labels=True, coefficients=[0.5, -0.75], support_vectors=square[:8], vectors_per_class=[1, 1], kernel_params=[0.5, 0.25, 2.0], kernel_type=kernel, rho=[0.5], prob_a=[-1.5], prob_b=[0.25], classlabels_ints=[0, 1])
        node(f"{kernel}, supports, three classes", "SVMClassifier", outputs=label, labels=True, coefficients=[0.5, -0.75, 0.25, 0.3, -0.4, 0.6], support_vectors=square, vectors_per_class=[1, 1, 1], kernel_params=[0.5, 0.25, 2.0], kernel_type=kernel, rho=[0.5, -0.25, 0.1], classlabels_ints=[0, 1, 2])
    for transform in TRANSFORMS:
        node(f"{transform}, two classes of votes", "SVMClassifier", outputs=label, labels=True, coefficients=[0.5, -0.75], support_vectors=square[:8], vectors_per_class=[1, 1], kernel_params=[0.5, 0.25, 2.0], kernel_type="LINEAR", rho=[0.5], classlabels_ints=[0, 1], post_transform=transform)
    node("each", "Scaler", offset=[0.5, -1.0, 0.25, 2.0], scale=[2.0, 0.5, -1.0, 4.0])
    node("one for all", "Scaler", offset=[0.5], scale=[2.0])
    node("integers", "Scaler", rows="codes", kind=(TensorProto.INT64, np.int64), offset=[0.5], scale=[2.0])
    for norm in ("MAX", "L1", "L2"):
        node(norm, "Normalizer", norm=norm)
        node(f"{norm}, zeros", "Normalizer", rows="codes", norm=norm)
    node("each", "Imputer", rows="gaps", imputed_value_floats=[0.5, -1.0, 0.25, 2.0], replaced_value_float=float("nan"))
    node("one for all", "Imputer", rows="gaps", imputed_value_floats=[0.5], replaced_value_float=float("nan"))
    node("a number", "Imputer", rows="codes", imputed_value_floats=[9.0, 8.0, 7.0, 6.0], replaced_value_float=1.0)
    node("nothing named", "Imputer", rows="codes", imputed_value_floats=[9.0])
    node("integers", "Imputer", rows="codes", outputs=(("y", TensorProto.INT64),), kind=(TensorProto.INT64, np.int64), imputed_value_int64s=[9], replaced_value_int64=1)
    for zeros in (0, 1):
        node(f"integers, zeros {zeros}", "OneHotEncoder", rows="codes", cats_int64s=[0, 1, 2] if zeros else [0, 1, 2, 3, 4], zeros=zeros, kind=(TensorProto.INT64, np.int64))
        node(f"floats, zeros {zeros}", "OneHotEncoder", rows="codes", cats_int64s=[0, 1, 2] if zeros else [0, 1, 2, 3], zeros=zeros)
    node("halves", "OneHotEncoder", rows="numbers", cats_int64s=[-1, 0, 1, 2, 3, 4], zeros=1)
    node("integers", "LabelEncoder", rows="codes", kind=(TensorProto.INT64, np.int64), outputs=(("y", TensorProto.INT64),), keys_int64s=[0, 1, 3], values_int64s=[7, -2, 5], default_int64=-1)
    node("integers to floats", "LabelEncoder", rows="codes", kind=(TensorProto.INT64, np.int64), keys_int64s=[0, 1, 3], values_floats=[7.5, -2.0, 5.0], default_float=-1.0)
    node("floats", "LabelEncoder", rows="gaps", keys_floats=[0.0, 4.0, float("nan")], values_floats=[7.5, -2.0, 5.0], default_float=-1.0)
    node("floats, default", "LabelEncoder", rows="codes", keys_floats=[0.0, 2.0], values_floats=[7.5, -2.0])
    def encoder(name, keys, values, otherwise, rows):
        """A LabelEncoder of operator set 4, whose lists are tensors."""
        tensors = {key: helper.make_tensor(key, TensorProto.FLOAT, [len(of)], of) for key, of in
                   [("keys_tensor", keys), ("values_tensor", values), ("default_tensor", [otherwise])]}
        file = model_of([helper.make_node("LabelEncoder", ["x"], ["y"], domain=ML, **tensors)], [("y", TensorProto.FLOAT)], version=4)
        add(f"LabelEncoder of tensors, {name}", file, rows)

    encoder("NaN", [0.0, 4.0, float("nan")], [7.5, -2.0, 5.0], -1.0, "gaps")
    encoder("equal keys", [0.0, 0.0, 2.0], [7.5, 3.0, -2.0], 1.0, "codes")
    node("the first of equal keys", "LabelEncoder", rows="codes", keys_floats=[0.0, 0.0, 2.0], values_floats=[7.5, 3.0, -2.0], default_float=1.0)
    node("ties", "Binarizer", rows="ties", threshold=0.125)
    node("no threshold", "Binarizer", rows="codes")
    node("gaps", "Binarizer", rows="gaps", threshold=0.125)
    node("columns", "ArrayFeatureExtractor", inputs=("x", "i"), initializers=[helper.make_tensor("i", TensorProto.INT64, [3], [3, 0, 3])])
    node("each once more", "FeatureVectorizer", inputs=("x",), inputdimensions=[6])
    node("itself twice", "FeatureVectorizer", inputs=("x", "x"), inputdimensions=[4, 4])
    node("cut", "FeatureVectorizer", inputs=("x",), inputdimensions=[3])
    return {"onnx": onnx.__version__, "onnxruntime": onnxruntime.__version__}
