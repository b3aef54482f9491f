"""Writes a fitted scikit-learn model as JSON that Lutra imports.

    from export_sklearn import export
    export(model, "model.json")            # then, in TypeScript: importModel("model.json")

or, for a model in a joblib file of your own (never of others: loading one runs code):

    python export_sklearn.py model.joblib model.json

Exported are linear, logistic and generalised linear models, linear SVMs, discriminants, naive Bayes, trees, forests, boosting,
isolation forests, k-nearest neighbours, k-means, perceptrons; bagging, voting, stacking, calibration, one-versus-rest and
several outputs of them; scalers, encoders of numbers, binners, powers, polynomials, imputers, selections, PCA and other linear
maps, column transformers and pipelines. Everything else raises NotExportable with what works instead. It needs scikit-learn
1.2 or later and nothing else.

The file says what is computed, not which class of scikit-learn it comes from:

    {"format": "lutra.sklearn", "version": 1, "features": 30, "scores": "probabilities", "classes": [0, 1],
     "steps": [{"type": "affine", "scale": [...], "shift": [...], "divisor": [...]},
               {"type": "dense", "weights": [[...]], "bias": [...]},
               {"type": "activation", "function": "sigmoid"}]}

"separate" is true where every column answers a question of its own, and no column is a class; "threshold" is what one column
is compared with. Steps are applied in turn to one row of features:

    affine      (x * scale + shift) / divisor
    dense       weights @ x + bias, weights with a row for each result
    activation  a function of one number: relu, tanh, sigmoid, exp, float32 (rounding to single precision), ...
    clip        min(max(x, lo), hi)
    power       x ** exponents
    products    for each result the product of the features in a list
    bins        how many of a feature's edges x is not below
    lines       what x is on a line through points, constant before the first and after the last
    lookup      for each feature, the value that belongs to x as a key; any other gives "otherwise", or is refused without it
    oneHot      for each feature, a list of the values that have a column
    impute      values where x is NaN
    pick        some of the features
    softmax     exp(x) / sum(exp(x))
    normalize   x / norm(x), norm one of l1, l2, max; "uniform": zeros alone become equal shares
    columns     parts with columns (all by default) and steps of their own, joined
    sum         parts with steps of their own, added
    trees       splits as parallel lists: x[feature] <= threshold goes left, or, of a split with categories, x in them; a child
                below 0 is the leaf ~child
    neighbours  the mean target of the k nearest points by the p-norm
"""

import contextlib
import dataclasses
import json
import math
import sys
import warnings

import numpy as np


class NotExportable(Exception):
    """A model, or a setting of one, that has no counterpart in Lutra."""


def export(model, path):
    """Writes a fitted model or pipeline to a JSON file."""
    described = describe(model)
    with open(path, "w", encoding="utf-8") as file:
        json.dump(described, file)


@dataclasses.dataclass
class Part:
    """What a model computes: steps to its scores, and what these are."""

    scores: str  # values, logits or probabilities
    steps: list
    classes: list = None
    # Whether each column answers a question of its own.
    separate: bool = False
    # What one column is compared with, where that is not a half of probabilities or 0 of logits.
    threshold: float = None
    # Steps to what decision_function gives, of classifiers that have one.
    decision: list = None


def describe(model):
    """A fitted model or pipeline as a dictionary that json can write."""
    import sklearn

    part = _model(model)
    result = {
        "format": "lutra.sklearn",
        "version": 1,
        "sklearn": sklearn.__version__,
        "estimator": type(_last(model)).__name__,
        "features": _width(model),
        "scores": part.scores,
        "steps": part.steps,
    }
    if part.classes is not None:
        result["classes"] = _plain(part.classes)
    if part.separate:
        result["separate"] = True
    if part.threshold is not None:
        result["threshold"] = float(part.threshold)
    return result


def _model(model):
    """The part of a fitted estimator or pipeline."""
    name = type(model).__name__
    if name in SEARCHES:
        return _model(model.best_estimator_)
    if name == "Pipeline":
        before = [step for _, t in model.steps[:-1] for step in _transformer(t)]
        part = _model(model.steps[-1][1])
        decision = None if part.decision is None else before + part.decision
        return dataclasses.replace(part, steps=before + part.steps, decision=decision)
    if name in REFUSED:
        raise NotExportable(f"{name} is not exported: {REFUSED[name]}")
    if name not in ESTIMATORS and (name in TRANSFORMERS or name in REFUSED_TRANSFORMERS):
        raise NotExportable(f"{name} transforms rows and predicts nothing; end the pipeline with an estimator")
    if name not in ESTIMATORS:
        raise NotExportable(f"{name} is not exported; exported are {', '.join(sorted(ESTIMATORS))}")
    with _named(name):
        part = ESTIMATORS[name](model)
    if not isinstance(part, Part):
        part = Part(*part)
    if part.classes is None and not part.separate and hasattr(model, "classes_") and part.scores != "values":
        part.classes = model.classes_
    return part


@contextlib.contextmanager
def _named(name):
    """What is refused within is refused in the name of an estimator or transformer."""
    try:
        yield
    except NotExportable as error:
        raise error if name in str(error) else NotExportable(f"{name}: {error}") from None


def _last(model):
    while type(model).__name__ == "Pipeline" or type(model).__name__ in SEARCHES:
        model = model.steps[-1][1] if type(model).__name__ == "Pipeline" else model.best_estimator_
    return model


def _plain(array):
    """Numbers and lists of them as json writes them."""
    return np.asarray(array).tolist()


def _width(model):
    """How many features a row has."""
    if type(model).__name__ in SEARCHES:
        return _width(model.best_estimator_)
    if type(model).__name__ == "Pipeline":
        for _, step in model.steps:
            if step is None or step == "passthrough":
                continue
            try:
                return _width(step)
            except NotExportable:
                continue
    if hasattr(model, "n_features_in_"):
        return int(model.n_features_in_)
    raise NotExportable("the model is not fitted, or does not say how many features it has")


# Transformers


def _affine(scale, shift):
    return {"type": "affine", "scale": _plain(scale), "shift": _plain(shift), "divisor": [1.0]}


def _centered(mean, divisor):
    """(x - mean) / divisor, rounded as scikit-learn does, which decides at thresholds of trees."""
    return {"type": "affine", "scale": [1.0], "shift": _plain(-np.asarray(mean)), "divisor": _plain(divisor)}


def _dense(weights, bias):
    return {"type": "dense", "weights": _plain(weights), "bias": _plain(bias)}


def _activation(name):
    return {"type": "activation", "function": name}


def _pick(columns):
    return {"type": "pick", "columns": [int(c) for c in columns]}


def _branches(lists):
    """What several lists of steps make of the same features, joined."""
    return lists[0] if len(lists) == 1 else [{"type": "columns", "parts": [{"steps": steps} for steps in lists]}]


def _sum(lists):
    """What several lists of steps make of the same features, added."""
    return lists[0] if len(lists) == 1 else [{"type": "sum", "parts": [{"steps": steps} for steps in lists]}]


def _standard_scaler(t):
    n = t.n_features_in_
    scale = t.scale_ if t.with_std else np.ones(n)
    mean = t.mean_ if t.with_mean else np.zeros(n)
    return [_centered(mean, scale)]


def _min_max_scaler(t):
    steps = [_affine(t.scale_, t.min_)]
    if t.clip:
        steps.append({"type": "clip", "lo": [t.feature_range[0]], "hi": [t.feature_range[1]]})
    return steps


def _max_abs_scaler(t):
    steps = [_centered(np.zeros(t.n_features_in_), t.scale_)]
    if getattr(t, "clip", False):
        steps.append({"type": "clip", "lo": [-1.0], "hi": [1.0]})
    return steps


def _robust_scaler(t):
    n = t.n_features_in_
    center = t.center_ if t.with_centering else np.zeros(n)
    scale = t.scale_ if t.with_scaling else np.ones(n)
    return [_centered(center, scale)]


def _pca(t):
    weights = t.components_
    if t.whiten:
        weights = weights / np.sqrt(np.maximum(t.explained_variance_, np.finfo(float).eps))[:, None]
    mean = t.mean_ if getattr(t, "mean_", None) is not None else np.zeros(t.n_features_in_)
    return [_dense(weights, -weights @ mean)]


def _linear_map(t):
    """A transformer that is linear, read off what it makes of zeros and of unit vectors."""
    eye = np.eye(t.n_features_in_)
    bias = np.asarray(t.transform(np.zeros((1, len(eye)))), dtype=float)[0]
    return [_dense((np.asarray(t.transform(eye), dtype=float) - bias).T, bias)]


def _components(t):
    components = t.components_.toarray() if hasattr(t.components_, "toarray") else t.components_
    return [_dense(components, np.zeros(len(components)))]


def _is_nan(value):
    return isinstance(value, (float, np.floating)) and math.isnan(value)


def _imputer(t):
    if not _is_nan(t.missing_values):
        raise NotExportable("SimpleImputer is exported for missing_values=nan; write NaN where a value is missing")
    values = np.asarray(t.statistics_, dtype=float)
    filled = [{"type": "impute", "values": _plain(np.nan_to_num(values))}]
    if np.isnan(values).any():
        # Columns without any value are dropped.
        filled.append(_pick(np.flatnonzero(~np.isnan(values))))
    return filled if not t.add_indicator else _branches([filled, _missing_indicator(t.indicator_)])


def _missing_indicator(t):
    if not _is_nan(t.missing_values):
        raise NotExportable("MissingIndicator is exported for missing_values=nan; write NaN where a value is missing")
    return [_pick(t.features_), _activation("isNaN")]


def _numbers(values, name):
    try:
        return np.asarray(values, dtype=float)
    except (TypeError, ValueError):
        raise NotExportable(f"{name} of text is not exported; encode text as numbers before the model") from None


def _encoded(t):
    """What an encoder makes of each known category of a feature, and of an unknown one: [keys, rows, unknown row or None]."""
    name = type(t).__name__
    categories = [_numbers(values, name) for values in t.categories_]
    typical = np.array([values[0] for values in categories], dtype=float)

    def encode(column, values):
        rows = np.repeat(typical[None, :], len(values), axis=0)
        rows[:, column] = values
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            encoded = t.transform(rows)
        return np.asarray(encoded.toarray() if hasattr(encoded, "toarray") else encoded, dtype=float)

    result = []
    for column, values in enumerate(categories):
        unknown = None
        if getattr(t, "handle_unknown", "ignore") != "error":
            unknown = encode(column, [np.nanmax(np.append(values, 0.0)) + 1])[0]
        result.append((values, encode(column, values), unknown))
    return result


def _lookup(keys, values, unknown):
    table = {"keys": _plain(keys), "values": _plain(values)}
    return table if unknown is None else {**table, "otherwise": float(unknown)}


def _one_hot(t):
    """The place that each category has among its feature's columns, and 1 there."""
    start, tables, places = 0, [], []
    for (keys, rows, unknown), names in zip(_encoded(t), _one_hot_widths(t)):
        stop = start + names
        places.append(list(range(names)))
        place = lambda row: int(np.argmax(row[start:stop])) if row[start:stop].any() else -1
        tables.append(_lookup(keys, [place(row) for row in rows], None if unknown is None else place(unknown)))
        start = stop
    plain = all(table["values"] == places[i] and table.get("otherwise") == -1 for i, table in enumerate(tables))
    if plain:
        return [{"type": "oneHot", "categories": [table["keys"] for table in tables]}]
    return [{"type": "lookup", "tables": tables}, {"type": "oneHot", "categories": places}]


def _one_hot_widths(t):
    """How many columns each feature becomes."""
    names = [str(i) for i in range(len(t.categories_))]
    groups = t.get_feature_names_out(getattr(t, "feature_names_in_", names))
    prefixes = list(getattr(t, "feature_names_in_", names))
    if hasattr(t, "_n_features_outs"):
        return list(t._n_features_outs)
    return [sum(1 for g in groups if g.startswith(f"{prefix}_")) for prefix in prefixes]


def _value_encoder(t):
    """Encoders that put one number, or several, in the place of each category."""
    encoded = _encoded(t)
    width = encoded[0][1].shape[1]
    each = width // len(encoded)
    source, tables = [], []
    for column in range(width):
        feature = column // each
        keys, rows, unknown = encoded[feature]
        source.append(feature)
        tables.append(_lookup(keys, rows[:, column], None if unknown is None else unknown[column]))
    steps = [] if source == list(range(len(encoded))) else [_pick(source)]
    return steps + [{"type": "lookup", "tables": tables}]


def _k_bins(t):
    edges = [_plain(bins[1:-1]) for bins in t.bin_edges_]
    steps = [{"type": "bins", "edges": edges}]
    if t.encode == "ordinal":
        return steps
    return steps + [{"type": "oneHot", "categories": [list(range(int(n))) for n in t.n_bins_]}]


def _power_transformer(t):
    if t.method == "box-cox":
        return _box_cox(t.lambdas_) + _standardized(t)
    # Yeo-Johnson is one function of what is above 0 and another of what is below, and 0 at 0.
    above, below = t.lambdas_, 2 - t.lambdas_
    positive = [{"type": "clip", "lo": [0.0], "hi": [math.inf]}, _affine([1.0], [1.0])] + _box_cox(above)
    negative = [{"type": "clip", "lo": [-math.inf], "hi": [0.0]}, _affine([-1.0], [1.0])] + _box_cox(below)
    return _sum([positive, negative + [_affine([-1.0], [0.0])]]) + _standardized(t)


def _standardized(t):
    return _standard_scaler(t._scaler) if t.standardize else []


def _box_cox(lambdas):
    """(x ** lambda - 1) / lambda, and log(x) where lambda is 0."""
    logarithmic = np.abs(lambdas) < 1e-12
    if not logarithmic.any():
        return [{"type": "power", "exponents": _plain(lambdas)}, _affine([1.0], [-1.0]), _centered([0.0], lambdas)]
    parts = []
    for i, lam in enumerate(lambdas):
        parts.append({"columns": [i], "steps": [_activation("log")] if logarithmic[i] else _box_cox(np.array([lam]))})
    return [{"type": "columns", "parts": parts}]


def _polynomial(t):
    factors = [[i for i, power in enumerate(row) for _ in range(int(power))] for row in t.powers_]
    return [{"type": "products", "factors": factors}]


def _binarizer(t):
    return [_affine([1.0], [-t.threshold]), _activation("sign"), {"type": "clip", "lo": [0.0], "hi": [1.0]}]


def _selection(t):
    return [_pick(np.flatnonzero(t.get_support()))]


FUNCTIONS = {
    "abs": [_activation("abs")],
    "absolute": [_activation("abs")],
    "arctan": [_activation("atan")],
    "cos": [_activation("cos")],
    "exp": [_activation("exp")],
    "expm1": [_activation("expm1")],
    "log": [_activation("log")],
    "log10": [_activation("log"), _affine([1 / math.log(10)], [0.0])],
    "log1p": [_affine([1.0], [1.0]), _activation("log")],
    "log2": [_activation("log"), _affine([1 / math.log(2)], [0.0])],
    "negative": [_affine([-1.0], [0.0])],
    "reciprocal": [_activation("reciprocal")],
    "sign": [_activation("sign")],
    "sin": [_activation("sin")],
    "sqrt": [_activation("sqrt")],
    "square": [_activation("square")],
    "tanh": [_activation("tanh")],
}


def _function(function):
    if function is None:
        return []
    name = getattr(function, "__name__", "?")
    if name not in FUNCTIONS or getattr(np, name, None) is not function:
        raise NotExportable(f"the function {name} is not exported; exported are numpy's {', '.join(sorted(FUNCTIONS))}")
    return FUNCTIONS[name]


def _function_transformer(t):
    if t.kw_args:
        raise NotExportable("FunctionTransformer with kw_args is not exported; use a function of the features alone")
    return _function(t.func)


def _discriminant_map(t):
    if t.solver == "lsqr":
        raise NotExportable("LinearDiscriminantAnalysis with solver lsqr does not transform; use svd or eigen")
    return _linear_map(t)


def _feature_union(t):
    weights = t.transformer_weights or {}
    parts = []
    for name, transformer in t.transformer_list:
        if transformer == "drop":
            continue
        scale = [] if weights.get(name) is None else [_affine([float(weights[name])], [0.0])]
        parts.append(_transformer(transformer) + scale)
    return [{"type": "columns", "parts": [{"steps": steps} for steps in parts]}]


def _column_transformer(t):
    parts = []
    width = int(t.n_features_in_)
    for _, transformer, columns in t.transformers_:
        if isinstance(transformer, str) and transformer == "drop":
            continue
        indices = _columns(t, columns, width)
        if indices:
            parts.append({"columns": indices, "steps": _transformer(transformer)})
    return [{"type": "columns", "parts": parts}]


def _columns(t, columns, width):
    if isinstance(columns, slice):
        return list(range(width))[columns]
    columns = np.atleast_1d(np.asarray(columns, dtype=object)).tolist()
    if columns and all(isinstance(c, (bool, np.bool_)) for c in columns):
        return [i for i, c in enumerate(columns) if c]
    names = list(getattr(t, "feature_names_in_", []))
    return [names.index(c) if isinstance(c, str) else int(c) % width for c in columns]


TRANSFORMERS = {
    "Binarizer": _binarizer,
    "ColumnTransformer": _column_transformer,
    "FactorAnalysis": _linear_map,
    "FastICA": _linear_map,
    "FeatureAgglomeration": _linear_map,
    "FeatureUnion": _feature_union,
    "FunctionTransformer": _function_transformer,
    "GaussianRandomProjection": _components,
    "GenericUnivariateSelect": _selection,
    "IncrementalPCA": _pca,
    "KBinsDiscretizer": _k_bins,
    "LinearDiscriminantAnalysis": _discriminant_map,
    "MaxAbsScaler": _max_abs_scaler,
    "MinMaxScaler": _min_max_scaler,
    "MissingIndicator": _missing_indicator,
    "NeighborhoodComponentsAnalysis": _components,
    "Normalizer": lambda t: [{"type": "normalize", "norm": t.norm}],
    "OneHotEncoder": _one_hot,
    "OrdinalEncoder": _value_encoder,
    "PCA": _pca,
    "PLSRegression": _linear_map,
    "PolynomialFeatures": _polynomial,
    "PowerTransformer": _power_transformer,
    "RFE": _selection,
    "RFECV": _selection,
    "RobustScaler": _robust_scaler,
    "SelectFdr": _selection,
    "SelectFpr": _selection,
    "SelectFromModel": _selection,
    "SelectFwe": _selection,
    "SelectKBest": _selection,
    "SelectPercentile": _selection,
    "SequentialFeatureSelector": _selection,
    "SimpleImputer": _imputer,
    "SparsePCA": _linear_map,
    "SparseRandomProjection": _components,
    "StandardScaler": _standard_scaler,
    "TargetEncoder": _value_encoder,
    "TruncatedSVD": _components,
    "VarianceThreshold": _selection,
}

REFUSED_TRANSFORMERS = {
    "AdditiveChi2Sampler": "kernels of secret rows are too deep; use PolynomialFeatures",
    "DictionaryLearning": "it solves a problem for each row; use PCA",
    "Isomap": "it looks up neighbours; use PCA",
    "IterativeImputer": "it runs models of its own for each missing value; use SimpleImputer",
    "KMeans": "distances to centers are not exported; use KBinsDiscretizer, or KMeans as the last step",
    "KNNImputer": "it looks up neighbours for each missing value; use SimpleImputer",
    "KernelPCA": "kernels of secret rows are too deep; use PCA, or PolynomialFeatures before it",
    "LatentDirichletAllocation": "it solves a problem for each row; use TruncatedSVD",
    "LocallyLinearEmbedding": "it looks up neighbours; use PCA",
    "MiniBatchDictionaryLearning": "it solves a problem for each row; use PCA",
    "MiniBatchNMF": "it solves a problem for each row; use PCA or TruncatedSVD",
    "NMF": "it solves a problem for each row; use PCA or TruncatedSVD",
    "Nystroem": "kernels of secret rows are too deep; use PolynomialFeatures",
    "PolynomialCountSketch": "it is computed by a Fourier transform; use PolynomialFeatures",
    "QuantileTransformer": "it interpolates between a thousand quantiles; use PowerTransformer or KBinsDiscretizer",
    "RBFSampler": "cosines of secret sums are tables of the server; use PolynomialFeatures",
    "RandomTreesEmbedding": "leaves as features are not exported; use a forest as the last step",
    "SkewedChi2Sampler": "kernels of secret rows are too deep; use PolynomialFeatures",
    "SplineTransformer": "splines are not exported; use PolynomialFeatures or KBinsDiscretizer",
}


def _transformer(transformer):
    """The steps of a fitted transformer, or of a pipeline of them."""
    if transformer is None or isinstance(transformer, str) and transformer == "passthrough":
        return []
    name = type(transformer).__name__
    if name == "Pipeline":
        return [step for _, t in transformer.steps for step in _transformer(t)]
    if name in REFUSED_TRANSFORMERS:
        raise NotExportable(f"{name} is not exported: {REFUSED_TRANSFORMERS[name]}")
    if name not in TRANSFORMERS:
        raise NotExportable(f"{name} is not exported; exported are {', '.join(sorted(TRANSFORMERS))}")
    with _named(name):
        return TRANSFORMERS[name](transformer)


# Linear models


def _linear_step(m):
    weights = np.atleast_2d(m.coef_)
    bias = np.broadcast_to(np.ravel(m.intercept_), (len(weights),))
    return _dense(weights, bias)


def _two_columns():
    """[1 - p, p] of one probability p."""
    return _dense([[-1.0], [1.0]], [1.0, 0.0])


def _values(steps, width):
    """A regression, of several values where it has them."""
    return Part("values", steps, separate=width > 1)


def _regressor(m):
    step = _linear_step(m)
    return _values([step], len(step["weights"]))


def _partial_least_squares(m):
    weights = np.atleast_2d(m.coef_)
    mean = getattr(m, "_x_mean", np.zeros(weights.shape[1]))
    return _values([_dense(weights, np.ravel(m.intercept_) - weights @ mean)], len(weights))


def _inner(m):
    """The estimator that another one has trained."""
    return _model(m.estimator_)


def _margin(m):
    """Scores of a linear classifier as decision_function gives them."""
    steps = [_linear_step(m)]
    return Part("logits", steps, decision=steps, separate=_is_multilabel(m, len(steps[0]["weights"])))


def _is_multilabel(m, columns):
    """Whether a classifier's columns are questions of their own: more or fewer than its classes."""
    return columns > 1 and len(m.classes_) != columns


def _one_class(m):
    """A linear boundary of what is normal: 1 inside and -1 outside."""
    weights = np.atleast_2d(m.coef_)
    offset = np.ravel(m.intercept_) if hasattr(m, "intercept_") else -np.ravel(m.offset_)
    return Part("logits", [_dense(weights, offset)], classes=[-1, 1])


def _one_class_svm(m):
    if m.kernel != "linear":
        raise NotExportable(f"the kernel {m.kernel} is not exported; train with kernel='linear', or an IsolationForest")
    return _one_class(m)


def _binary(decision, factor=1.0):
    """The probabilities of two classes from one score."""
    scaled = [] if factor == 1.0 else [_affine([factor], [0.0])]
    return Part("probabilities", decision + scaled + [_activation("sigmoid"), _two_columns()], decision=decision)


def _softmax(decision):
    return Part("probabilities", decision + [{"type": "softmax"}], decision=decision)


def _shares(decision):
    """A sigmoid for each class, and each result's share of their sum."""
    return Part("probabilities", decision + [_activation("sigmoid"), {"type": "normalize", "norm": "l1"}], decision=decision)


def _logistic(m):
    step = _linear_step(m)
    if len(step["weights"]) == 1:
        # For two classes a softmax over [-z, z] was used where one was asked for.
        return _binary([step], 2.0 if getattr(m, "multi_class", "auto") == "multinomial" else 1.0)
    if getattr(m, "multi_class", "auto") == "ovr" or getattr(m, "solver", "") == "liblinear":
        return _shares([step])
    return _softmax([step])


def _sgd_classifier(m):
    if m.loss == "modified_huber":
        raise NotExportable("probabilities of modified_huber are not exported; train with loss='log_loss' or 'hinge'")
    if m.loss != "log_loss":
        return _margin(m)
    step = _linear_step(m)
    return _binary([step]) if len(step["weights"]) == 1 else _shares([step])


def _log_link(m):
    return "values", [_linear_step(m), _activation("exp")]


def _tweedie(m):
    link = m.link if m.link != "auto" else ("identity" if m.power <= 0 else "log")
    return _log_link(m) if link == "log" else _regressor(m)


def _svm(m):
    if m.kernel != "linear":
        raise NotExportable(f"the kernel {m.kernel} is not exported; train with kernel='linear', or a tree ensemble")
    if hasattr(m, "classes_") and len(m.classes_) > 2:
        raise NotExportable("SVC decides between pairs of classes by votes; use LinearSVC, which has one score for each class")
    coef = m.coef_.toarray() if hasattr(m.coef_, "toarray") else m.coef_
    steps = [_dense(np.atleast_2d(coef), np.ravel(m.intercept_))]
    return Part("logits", steps, decision=steps) if hasattr(m, "classes_") else Part("values", steps)


def _linear_discriminant(m):
    step = _linear_step(m)
    return _binary([step]) if len(step["weights"]) == 1 else _softmax([step])


# Models of a class's distribution


def _log_likelihood(joint):
    """Probabilities from logarithms of likelihoods."""
    return Part("probabilities", joint + [{"type": "softmax"}])


def _quadratic(steps, center, weights, pairs, linear, constant):
    """weights of products of pairs of x - center, plus linear of x - center, plus a constant."""
    n = len(center)
    factors = [[i] for i in range(n)] + [list(pair) for pair in pairs]
    moved = _centered(center, [1.0])
    return steps + [moved, {"type": "products", "factors": factors}, _dense(np.hstack([linear, weights]), constant)]


def _gaussian_bayes(m):
    center = m.theta_.mean(axis=0)
    moved = m.theta_ - center
    constant = np.log(m.class_prior_) - 0.5 * (np.log(2 * np.pi * m.var_) + moved**2 / m.var_).sum(axis=1)
    pairs = [(i, i) for i in range(len(center))]
    return _log_likelihood(_quadratic([], center, -0.5 / m.var_, pairs, moved / m.var_, constant))


def _quadratic_discriminant(m):
    n = m.n_features_in_
    center = np.mean(m.means_, axis=0)
    pairs = [(i, j) for i in range(n) for j in range(i, n)]
    weights, linear, constant = [], [], []
    for mean, rotation, scaling, prior in zip(m.means_, m.rotations_, m.scalings_, m.priors_):
        precision = (rotation / scaling) @ rotation.T
        moved = mean - center
        weights.append([-0.5 * precision[i, j] * (1 if i == j else 2) for i, j in pairs])
        linear.append(precision @ moved)
        constant.append(-0.5 * (moved @ precision @ moved + np.log(scaling).sum()) + np.log(prior))
    joint = _quadratic([], center, weights, pairs, linear, constant)
    decision = joint
    if len(m.classes_) == 2:
        rows, bias = np.asarray(joint[-1]["weights"]), np.asarray(joint[-1]["bias"])
        decision = joint[:-1] + [_dense((rows[1] - rows[0])[None, :], [bias[1] - bias[0]])]
    return dataclasses.replace(_log_likelihood(joint), decision=decision)


def _multinomial_bayes(m):
    return _log_likelihood([_dense(m.feature_log_prob_, m.class_log_prior_)])


def _complement_bayes(m):
    return _log_likelihood([_dense(m.feature_log_prob_, np.zeros(len(m.classes_)))])


def _bernoulli_bayes(m):
    negative = np.log(1 - np.exp(m.feature_log_prob_))
    step = _dense(m.feature_log_prob_ - negative, m.class_log_prior_ + negative.sum(axis=1))
    cut = [] if m.binarize is None else [_affine([1.0], [-m.binarize]), _activation("sign"), {"type": "clip", "lo": [0.0], "hi": [1.0]}]
    return _log_likelihood(cut + [step])


def _categorical_bayes(m):
    counts = [table.shape[1] for table in m.feature_log_prob_]
    tables = [{"keys": list(range(n)), "values": list(range(n))} for n in counts]
    hot = {"type": "oneHot", "categories": [list(range(n)) for n in counts]}
    return _log_likelihood([{"type": "lookup", "tables": tables}, hot, _dense(np.hstack(m.feature_log_prob_), m.class_log_prior_)])


# Trees


def _join(parts, leaves, aggregate, base):
    """Trees of (root, feature, threshold, left, right, missing_left, categories) with numbers of their own, as one ensemble."""
    step = {"type": "trees", "roots": [], "feature": [], "threshold": [], "left": [], "right": [], "missing_left": []}
    categories = []
    for root, feature, threshold, left, right, missing, sets in parts:
        step["roots"].append(root)
        step["feature"] += feature
        step["threshold"] += threshold
        step["left"] += left
        step["right"] += right
        step["missing_left"] += missing
        categories += sets
    if any(one is not None for one in categories):
        step["categories"] = categories
    return {**step, "leaves": leaves, "aggregate": aggregate, "base": _plain(base)}


def _trees(estimators, leaf_values, aggregate, base, columns=None):
    """Fitted decision trees; `leaf_values(tree, node, i)` is the list of results of a leaf of the i-th, and `columns[i]` what
    features it is given."""
    parts, leaves, splits = [], [], 0
    for i, estimator in enumerate(estimators):
        tree = estimator.tree_
        is_leaf = tree.children_left < 0
        number = {}
        for node in range(tree.node_count):
            if is_leaf[node]:
                number[node] = ~len(leaves)
                leaves.append(leaf_values(tree, node, i))
            else:
                number[node] = splits
                splits += 1
        inner = [node for node in range(tree.node_count) if not is_leaf[node]]
        missing = getattr(tree, "missing_go_to_left", np.zeros(tree.node_count))
        feature = (lambda n: int(tree.feature[n])) if columns is None else (lambda n: int(columns[i][tree.feature[n]]))
        parts.append(
            (
                number[0],
                [feature(n) for n in inner],
                [float(tree.threshold[n]) for n in inner],
                [number[int(tree.children_left[n])] for n in inner],
                [number[int(tree.children_right[n])] for n in inner],
                [int(missing[n]) for n in inner],
                [None] * len(inner),
            )
        )
    # scikit-learn rounds features to single precision and compares with thresholds in double precision.
    return [_activation("float32"), _join(parts, leaves, aggregate, base)]


def _proportions(tree, node, _):
    values = tree.value[node]
    if values.shape[0] != 1:
        raise NotExportable("trees that tell several classes are not exported; train one model for each")
    return (values[0] / values[0].sum()).tolist()


def _means(tree, node, _):
    return [float(values[0]) for values in tree.value[node]]


def _tree_classifier(m):
    return "probabilities", _trees([m], _proportions, "mean", np.zeros(len(np.ravel(m.classes_))))


def _tree_regressor(m):
    return _values(_trees([m], _means, "mean", np.zeros(m.n_outputs_)), m.n_outputs_)


def _forest_classifier(m):
    if m.n_outputs_ != 1:
        raise NotExportable("forests that tell several classes are not exported; train one model for each")
    return "probabilities", _trees(m.estimators_, _proportions, "mean", np.zeros(len(m.classes_)))


def _forest_regressor(m):
    return _values(_trees(m.estimators_, _means, "mean", np.zeros(m.n_outputs_)), m.n_outputs_)


def _boosting(m):
    """Gradient boosting: raw scores."""
    rounds, targets = m.estimators_.shape
    if not (m.init_ == "zero" or type(m.init_).__name__ in ("DummyClassifier", "DummyRegressor")):
        raise NotExportable("gradient boosting on top of a model of your own (init) is not exported; use init=None")
    init = m._raw_predict_init(np.zeros((2, m.n_features_in_)))

    def leaf(tree, node, i):
        values = [0.0] * targets
        values[i % targets] = float(m.learning_rate * tree.value[node][0][0])
        return values

    return _trees(list(m.estimators_.ravel()), leaf, "sum", np.ravel(init[0]))


def _boosting_classifier(m):
    steps = _boosting(m)
    if m.loss == "exponential":
        return _binary(steps, 2.0)
    return _binary(steps) if m.estimators_.shape[1] == 1 else _softmax(steps)


def _boosting_regressor(m):
    return "values", _boosting(m)


def _histogram(m):
    """Histogram gradient boosting: raw scores."""
    before = []
    if getattr(m, "_preprocessor", None) is not None:
        for name, transformer, columns in m._preprocessor.transformers_:
            steps = _transformer(transformer) if name == "encoder" else []
            indices = _columns(m._preprocessor, columns, int(m.n_features_in_))
            if indices:
                before.append({"columns": indices, "steps": steps})
        before = [{"type": "columns", "parts": before}]
    elif getattr(m, "is_categorical_", None) is not None and np.any(m.is_categorical_):
        raise NotExportable("categorical features need scikit-learn 1.4 or later; encode them one-hot")
    parts, leaves, splits = [], [], 0
    targets = len(m._predictors[0])
    for iteration in m._predictors:
        for target, predictor in enumerate(iteration):
            nodes = predictor.nodes
            number = {}
            for n, node in enumerate(nodes):
                if node["is_leaf"]:
                    number[n] = ~len(leaves)
                    leaves.append([float(node["value"]) if t == target else 0.0 for t in range(targets)])
                else:
                    number[n] = splits
                    splits += 1
            inner = [node for node in nodes if not node["is_leaf"]]
            parts.append(
                (
                    number[0],
                    [int(node["feature_idx"]) for node in inner],
                    [0.0 if node["is_categorical"] else float(node["num_threshold"]) for node in inner],
                    [number[int(node["left"])] for node in inner],
                    [number[int(node["right"])] for node in inner],
                    [int(node["missing_go_to_left"]) for node in inner],
                    [_bits(predictor.raw_left_cat_bitsets[node["bitset_idx"]]) if node["is_categorical"] else None for node in inner],
                )
            )
    return before + [_join(parts, leaves, "sum", np.ravel(m._baseline_prediction))]


def _bits(words):
    """The numbers of the bits that are set."""
    return [32 * w + bit for w, word in enumerate(words) for bit in range(32) if int(word) >> bit & 1]


def _histogram_classifier(m):
    steps = _histogram(m)
    return _binary(steps) if len(m.classes_) == 2 else _softmax(steps)


def _histogram_regressor(m):
    link = [_activation("exp")] if m.loss in ("poisson", "gamma") else []
    return "values", _histogram(m) + link


def _is_tree(estimator):
    return type(estimator).__name__ in ("DecisionTreeClassifier", "DecisionTreeRegressor", "ExtraTreeClassifier", "ExtraTreeRegressor")


def _ada_boost_classifier(m):
    if not all(_is_tree(e) for e in m.estimators_):
        raise NotExportable("it adds votes for the classes of other models than trees; use it over DecisionTreeClassifier")
    if getattr(m, "algorithm", "SAMME") == "SAMME.R":
        raise NotExportable("AdaBoost is exported with algorithm='SAMME'")
    classes = list(m.classes_)
    count = len(classes)
    shares = m.estimator_weights_[: len(m.estimators_)] / np.sum(m.estimator_weights_)

    def leaf(tree, node, i):
        chosen = m.estimators_[i].classes_[int(np.argmax(tree.value[node][0]))]
        votes = np.where(np.asarray(classes) == chosen, shares[i], -shares[i] / (count - 1))
        return [float(votes[1] - votes[0])] if count == 2 else votes.tolist()

    decision = _trees(m.estimators_, leaf, "sum", np.zeros(1 if count == 2 else count))
    if count == 2:
        # softmax([-d / 2, d / 2])
        return _binary(decision)
    scaled = decision + [_affine([1 / (count - 1)], [0.0]), {"type": "softmax"}]
    return Part("probabilities", scaled, decision=decision)


def _isolation_forest(m):
    def path(n):
        n = np.asarray(n, dtype=float)
        return np.where(n <= 1, 0.0, np.where(n == 2, 1.0, 2 * (np.log(np.maximum(n - 1, 1)) + np.euler_gamma) - 2 * (n - 1) / np.maximum(n, 1)))

    depths = []
    for estimator in m.estimators_:
        tree = estimator.tree_
        depth = np.zeros(tree.node_count)
        for node in range(tree.node_count):
            for child in (tree.children_left[node], tree.children_right[node]):
                if child >= 0:
                    depth[child] = depth[node] + 1
        depths.append(depth + path(tree.n_node_samples))
    total = len(m.estimators_) * float(path(m._max_samples))
    if total == 0:
        raise NotExportable("an isolation forest of single samples is not exported; train with max_samples of 2 or more")
    leaf = lambda tree, node, i: [float(depths[i][node])]
    steps = _trees(m.estimators_, leaf, "sum", [0.0], m.estimators_features_)
    # -(2 ** (-depth / total)) - offset
    steps += [_affine([-math.log(2) / total], [0.0]), _activation("exp"), _affine([-1.0], [-float(m.offset_)])]
    return Part("logits", steps, classes=[-1, 1])


# Neighbours and perceptrons


def _nearest(points, targets, k, p, weights):
    return {"type": "neighbours", "points": _plain(points), "targets": _plain(targets), "k": int(k), "p": p, "weights": weights}


def _neighbours(m, targets):
    if m.weights not in ("uniform", "distance"):
        raise NotExportable("weights as a function are not exported; use 'uniform' or 'distance'")
    metric = m.effective_metric_
    parameters = getattr(m, "effective_metric_params_", None) or {}
    p = {"euclidean": 2, "manhattan": 1, "chebyshev": "Infinity", "minkowski": parameters.get("p", m.p)}.get(metric)
    if p is None or parameters.get("w") is not None:
        raise NotExportable(f"the metric {metric} is not exported; use euclidean, manhattan, chebyshev or minkowski without weights")
    return [_nearest(m._fit_X, targets, m.n_neighbors, p, m.weights)]


def _neighbours_classifier(m):
    if np.ndim(m._y) > 1 and np.shape(m._y)[1] > 1:
        raise NotExportable("neighbours that tell several classes are not exported; train one model for each")
    labels = np.ravel(m._y)
    return "probabilities", _neighbours(m, np.eye(len(m.classes_))[labels])


def _neighbours_regressor(m):
    targets = np.asarray(m._y, dtype=float).reshape(len(m._fit_X), -1)
    return _values(_neighbours(m, targets), targets.shape[1])


def _k_means(m):
    count = len(m.cluster_centers_)
    return Part("probabilities", [_nearest(m.cluster_centers_, np.eye(count), 1, 2, "uniform")], classes=list(range(count)))


def _nearest_centroid(m):
    p = {"euclidean": 2, "manhattan": 1}.get(m.metric)
    priors = getattr(m, "class_prior_", None)
    if p is None or priors is not None and not np.allclose(priors, 1 / len(m.classes_)):
        raise NotExportable("NearestCentroid is exported for euclidean and manhattan distances and uniform priors")
    return "probabilities", [_nearest(m.centroids_, np.eye(len(m.classes_)), 1, p, "uniform")]


def _perceptron_layers(m):
    names = {"relu": "relu", "tanh": "tanh", "logistic": "sigmoid"}
    steps = []
    for i, (weights, bias) in enumerate(zip(m.coefs_, m.intercepts_)):
        steps.append(_dense(weights.T, bias))
        if i < len(m.coefs_) - 1 and m.activation != "identity":
            steps.append(_activation(names[m.activation]))
    return steps


def _mlp_classifier(m):
    steps = _perceptron_layers(m)
    if m.out_activation_ == "softmax":
        return "probabilities", steps + [{"type": "softmax"}]
    if len(m.coefs_[-1][0]) == 1:
        return "probabilities", steps + [_activation("sigmoid"), _two_columns()]
    return Part("probabilities", steps + [_activation("sigmoid")], separate=True)


def _mlp_regressor(m):
    link = [_activation("exp")] if m.out_activation_ == "exp" else []
    return _values(_perceptron_layers(m) + link, len(m.coefs_[-1][0]))


# Models of models


def _fitted(estimators):
    return [e for e in estimators if not (isinstance(e, str) and e == "drop")]


def _probabilities(estimator, count, why):
    """Steps to what predict_proba gives of so many classes."""
    part = _model(estimator)
    if part.scores != "probabilities" or part.separate:
        raise NotExportable(f"{type(_last(estimator)).__name__} has no probabilities: {why}")
    if part.classes is not None and len(part.classes) != count:
        raise NotExportable(f"{type(_last(estimator)).__name__} has seen {len(part.classes)} of {count} classes; train on rows of all")
    return part.steps


def _weighted(lists, weights):
    """The weighted mean of what several lists of steps make of the same features."""
    shares = np.ones(len(lists)) / len(lists) if weights is None else np.asarray(weights, dtype=float) / np.sum(weights)
    return _sum([steps + [_affine([float(share)], [0.0])] for steps, share in zip(lists, shares)])


def _bagged(m, steps):
    """A model of some features as one of all."""
    return [[_pick(columns)] + own for own, columns in zip(steps, m.estimators_features_)]


def _bagging_classifier(m):
    count = len(m.classes_)
    if all(_is_tree(e) and len(e.classes_) == count for e in m.estimators_):
        return "probabilities", _trees(m.estimators_, _proportions, "mean", np.zeros(count), m.estimators_features_)
    lists = [_probabilities(e, count, "bagging then counts their votes; bag models that have them") for e in m.estimators_]
    return "probabilities", _weighted(_bagged(m, lists), None)


def _bagging_regressor(m):
    if all(_is_tree(e) for e in m.estimators_):
        return "values", _trees(m.estimators_, _means, "mean", [0.0], m.estimators_features_)
    return "values", _weighted(_bagged(m, [_model(e).steps for e in m.estimators_]), None)


def _voting_classifier(m):
    if m.voting != "soft":
        raise NotExportable("VotingClassifier counts votes for classes; use voting='soft', which adds probabilities")
    kept = _fitted(m.estimators_)
    lists = [_probabilities(e, len(m.classes_), "leave it out of the vote") for e in kept]
    return "probabilities", _weighted(lists, m._weights_not_none)


def _voting_regressor(m):
    return "values", _weighted([_model(e).steps for e in _fitted(m.estimators_)], m._weights_not_none)


def _stacking(m):
    lists = []
    for estimator, method in zip(_fitted(m.estimators_), m.stack_method_):
        part = _model(estimator)
        if method == "predict" and part.scores == "values":
            lists.append(part.steps)
        elif method == "decision_function" and part.decision is not None:
            lists.append(part.decision)
        elif method == "predict_proba" and part.scores == "probabilities":
            # Of two classes the second probability is enough.
            binary = part.classes is not None and len(part.classes) == 2
            lists.append(part.steps + ([_pick([1])] if binary else []))
        else:
            raise NotExportable(f"stacking on {method} of {type(_last(estimator)).__name__} is not exported; stack on probabilities or values")
    if m.passthrough:
        lists.append([])
    part = _model(m.final_estimator_)
    joined = _branches(lists)
    decision = None if part.decision is None else joined + part.decision
    classes = getattr(m, "classes_", None) if part.classes is not None else None
    return dataclasses.replace(part, steps=joined + part.steps, classes=classes, decision=decision)


def _response(estimator):
    """Steps to what decision_function gives, or probabilities: one column of two classes; and whether it is the first."""
    part = _model(estimator)
    if part.decision is not None:
        return part.decision, True
    if part.scores != "probabilities" or part.separate:
        raise NotExportable(f"{type(_last(estimator)).__name__} has no scores of classes that can be calibrated")
    return part.steps + ([_pick([1])] if len(part.classes) == 2 else []), False


def _calibrated(m):
    count = len(m.classes_)
    lists = []
    for one in m.calibrated_classifiers_:
        response, is_decision = _response(one.estimator)
        if one.method == "temperature":
            if not is_decision:
                raise NotExportable("calibration by temperature is exported for models with decision_function")
            beta = float(one.calibrators[0].beta_)
            lists.append(response + (_binary([], 2 * beta).steps if count == 2 else [_affine([beta], [0.0]), {"type": "softmax"}]))
            continue
        if len(one.calibrators) != (1 if count == 2 else count):
            raise NotExportable("calibration of a model that has not seen all classes is not exported")
        steps = response + _calibrators(one.calibrators)
        lists.append(steps + ([_two_columns()] if count == 2 else [{"type": "normalize", "norm": "l1", "uniform": True}]))
    return "probabilities", _weighted(lists, None)


def _calibrators(calibrators):
    """A function of its own for each score."""
    if all(hasattr(c, "a_") for c in calibrators):
        return [_affine([-float(c.a_) for c in calibrators], [-float(c.b_) for c in calibrators]), _activation("sigmoid")]
    points = [[np.ravel(c.X_thresholds_).tolist(), np.ravel(c.y_thresholds_).tolist()] for c in calibrators]
    return [{"type": "lines", "points": points}]


def _one_vs_rest(m):
    parts = [_model(e) for e in m.estimators_]
    has_decisions = all(part.decision is not None for part in parts)
    decision = _branches([part.decision for part in parts]) if has_decisions else None
    if any(part.scores != "probabilities" for part in parts):
        if decision is None:
            raise NotExportable("one-versus-rest is exported over models that have scores of classes")
        return Part("logits", decision, decision=decision, separate=m.multilabel_)
    single = [part.steps + [_pick([1])] for part in parts]
    if m.multilabel_:
        return Part("probabilities", _branches(single), separate=True)
    if len(single) == 1:
        return Part("probabilities", single[0] + [_two_columns()], decision=decision)
    # predict takes the largest score; probabilities are shares of their sum, in the same order.
    return Part("probabilities", _branches(single) + [{"type": "normalize", "norm": "l1"}], decision=decision)


def _multi_output_regressor(m):
    return _values(_branches([_model(e).steps for e in m.estimators_]), 2)


def _multi_output_classifier(m):
    parts = [_model(e) for e in m.estimators_]
    if not all(part.scores == "probabilities" and part.classes is not None and len(part.classes) == 2 for part in parts):
        raise NotExportable("MultiOutputClassifier is exported for questions of two classes with probabilities; export one model for each other")
    return Part("probabilities", _branches([part.steps + [_pick([1])] for part in parts]), separate=True)


def _transformed_target(m):
    part = _model(m.regressor_)
    t = m.transformer_
    name = type(t).__name__
    if name == "FunctionTransformer":
        inverse = _function(t.inverse_func)
    elif name == "StandardScaler":
        inverse = [_affine(t.scale_ if t.with_std else [1.0], t.mean_ if t.with_mean else [0.0])]
    elif name == "MinMaxScaler":
        inverse = [_centered(t.min_, t.scale_)]
    else:
        raise NotExportable(f"a target transformed by {name} is not exported; use StandardScaler, MinMaxScaler or numpy's functions")
    return dataclasses.replace(part, steps=part.steps + inverse)


def _threshold_classifier(m):
    part = _model(m.estimator_)
    classes = list(part.classes)
    method = getattr(m, "response_method", "auto")
    positive = m.pos_label if getattr(m, "pos_label", None) is not None else classes[1]
    if len(classes) != 2 or positive != classes[1]:
        raise NotExportable("a threshold is exported for the second of two classes")
    value = m.threshold if type(m).__name__ == "FixedThresholdClassifier" else m.best_threshold_
    if part.scores == "probabilities" and method in ("auto", "predict_proba"):
        steps, scores, usual = part.steps + [_pick([1])], "probabilities", 0.5
    elif part.decision is not None:
        steps, scores, usual = part.decision, "logits", 0.0
    else:
        raise NotExportable(f"{type(_last(m.estimator_)).__name__} has no scores that a threshold could be set on")
    value = usual if isinstance(value, str) else value
    # Here a class is told above its threshold, there from it on.
    return Part(scores, steps, classes=classes, threshold=float(np.nextafter(value, -np.inf)))


SEARCHES = ("GridSearchCV", "RandomizedSearchCV", "HalvingGridSearchCV", "HalvingRandomSearchCV")

REFUSED = {
    "AdaBoostRegressor": "it takes the weighted median of its trees; use GradientBoostingRegressor or a forest, which add them",
    "AgglomerativeClustering": "it has no rule for new rows; use KMeans",
    "BayesianGaussianMixture": "it has variances for each cluster; use KMeans, or GaussianNB with labels",
    "BernoulliRBM": "it transforms rows and predicts nothing; use a perceptron",
    "Birch": "it descends a tree of clusters; use KMeans",
    "BisectingKMeans": "it descends a tree of clusters; use KMeans",
    "ClassifierChain": "each model reads the classes of those before it; use MultiOutputClassifier",
    "DBSCAN": "it has no rule for new rows; use KMeans",
    "DummyClassifier": "it does not look at rows; train a model",
    "DummyRegressor": "it does not look at rows; train a model",
    "EllipticEnvelope": "it compares distances to a secret center; use IsolationForest",
    "GaussianMixture": "it has variances for each cluster; use KMeans, or GaussianNB with labels",
    "GaussianProcessClassifier": "kernels of secret rows are too deep; use a forest or a perceptron",
    "GaussianProcessRegressor": "kernels of secret rows are too deep; use a forest or a perceptron",
    "HDBSCAN": "it has no rule for new rows; use KMeans",
    "IsotonicRegression": "it is a function of one column; compute it beside the model, or use HistGradientBoostingRegressor with monotonic_cst",
    "KernelRidge": "kernels of secret rows are too deep; use PolynomialFeatures and Ridge",
    "LabelPropagation": "kernels of secret rows are too deep; use KNeighborsClassifier",
    "LabelSpreading": "kernels of secret rows are too deep; use KNeighborsClassifier",
    "LocalOutlierFactor": "it compares densities of neighbours; use IsolationForest",
    "OPTICS": "it has no rule for new rows; use KMeans",
    "OneVsOneClassifier": "it counts votes between pairs of classes; use OneVsRestClassifier",
    "OutputCodeClassifier": "it compares codes; use OneVsRestClassifier",
    "RadiusNeighborsClassifier": "how many neighbours count depends on the row; use KNeighborsClassifier",
    "RadiusNeighborsRegressor": "how many neighbours count depends on the row; use KNeighborsRegressor",
    "RegressorChain": "each model reads the values of those before it; use MultiOutputRegressor",
    "SpectralClustering": "it has no rule for new rows; use KMeans",
}

ESTIMATORS = {
    "ARDRegression": _regressor,
    "AdaBoostClassifier": _ada_boost_classifier,
    "AffinityPropagation": _k_means,
    "BaggingClassifier": _bagging_classifier,
    "BaggingRegressor": _bagging_regressor,
    "BayesianRidge": _regressor,
    "BernoulliNB": _bernoulli_bayes,
    "CCA": _partial_least_squares,
    "CalibratedClassifierCV": _calibrated,
    "CategoricalNB": _categorical_bayes,
    "ComplementNB": _complement_bayes,
    "DecisionTreeClassifier": _tree_classifier,
    "DecisionTreeRegressor": _tree_regressor,
    "ElasticNet": _regressor,
    "ElasticNetCV": _regressor,
    "ExtraTreeClassifier": _tree_classifier,
    "ExtraTreeRegressor": _tree_regressor,
    "ExtraTreesClassifier": _forest_classifier,
    "ExtraTreesRegressor": _forest_regressor,
    "FixedThresholdClassifier": _threshold_classifier,
    "GammaRegressor": _log_link,
    "GaussianNB": _gaussian_bayes,
    "GradientBoostingClassifier": _boosting_classifier,
    "GradientBoostingRegressor": _boosting_regressor,
    "HistGradientBoostingClassifier": _histogram_classifier,
    "HistGradientBoostingRegressor": _histogram_regressor,
    "HuberRegressor": _regressor,
    "IsolationForest": _isolation_forest,
    "KMeans": _k_means,
    "KNeighborsClassifier": _neighbours_classifier,
    "KNeighborsRegressor": _neighbours_regressor,
    "Lars": _regressor,
    "LarsCV": _regressor,
    "Lasso": _regressor,
    "LassoCV": _regressor,
    "LassoLars": _regressor,
    "LassoLarsCV": _regressor,
    "LassoLarsIC": _regressor,
    "LinearDiscriminantAnalysis": _linear_discriminant,
    "LinearRegression": _regressor,
    "LinearSVC": _margin,
    "LinearSVR": _regressor,
    "LogisticRegression": _logistic,
    "LogisticRegressionCV": _logistic,
    "MLPClassifier": _mlp_classifier,
    "MLPRegressor": _mlp_regressor,
    "MeanShift": _k_means,
    "MiniBatchKMeans": _k_means,
    "MultiOutputClassifier": _multi_output_classifier,
    "MultiOutputRegressor": _multi_output_regressor,
    "MultiTaskElasticNet": _regressor,
    "MultiTaskElasticNetCV": _regressor,
    "MultiTaskLasso": _regressor,
    "MultiTaskLassoCV": _regressor,
    "MultinomialNB": _multinomial_bayes,
    "NearestCentroid": _nearest_centroid,
    "NuSVC": _svm,
    "NuSVR": _svm,
    "OneClassSVM": _one_class_svm,
    "OneVsRestClassifier": _one_vs_rest,
    "OrthogonalMatchingPursuit": _regressor,
    "OrthogonalMatchingPursuitCV": _regressor,
    "PLSCanonical": _partial_least_squares,
    "PLSRegression": _partial_least_squares,
    "PassiveAggressiveClassifier": _margin,
    "PassiveAggressiveRegressor": _regressor,
    "Perceptron": _margin,
    "PoissonRegressor": _log_link,
    "QuadraticDiscriminantAnalysis": _quadratic_discriminant,
    "QuantileRegressor": _regressor,
    "RANSACRegressor": _inner,
    "RandomForestClassifier": _forest_classifier,
    "RandomForestRegressor": _forest_regressor,
    "Ridge": _regressor,
    "RidgeCV": _regressor,
    "RidgeClassifier": _margin,
    "RidgeClassifierCV": _margin,
    "SGDClassifier": _sgd_classifier,
    "SGDOneClassSVM": _one_class,
    "SGDRegressor": _regressor,
    "SVC": _svm,
    "SVR": _svm,
    "SelfTrainingClassifier": _inner,
    "StackingClassifier": _stacking,
    "StackingRegressor": _stacking,
    "TheilSenRegressor": _regressor,
    "TransformedTargetRegressor": _transformed_target,
    "TunedThresholdClassifierCV": _threshold_classifier,
    "TweedieRegressor": _tweedie,
    "VotingClassifier": _voting_classifier,
    "VotingRegressor": _voting_regressor,
}


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: python export_sklearn.py model.joblib model.json")
    import joblib

    try:
        export(joblib.load(sys.argv[1]), sys.argv[2])
    except NotExportable as error:
        sys.exit(str(error))
