"""Writes a fitted scikit-learn model as JSON that Lutra imports.

    from export_sklearn import export
    export(model, "model.json")            # then, in TypeScript: importModel("model.json")

or, for a model in a joblib file of your own (never of others: loading one runs code):

    python export_sklearn.py model.joblib model.json

Exported are linear and logistic models, linear SVMs, generalised linear models, decision trees, forests, gradient boosting,
k-nearest neighbours, perceptrons, scalers, encoders of numbers, PCA, column transformers and pipelines of them. Everything
else raises NotExportable with what works instead. It needs scikit-learn 1.2 or later and nothing else.

The file says what is computed, not which class of scikit-learn it comes from:

    {"format": "lutra.sklearn", "version": 1, "features": 30, "scores": "probabilities", "classes": [0, 1],
     "steps": [{"type": "affine", "scale": [...], "shift": [...], "divisor": [...]},
               {"type": "dense", "weights": [[...]], "bias": [...]},
               {"type": "activation", "function": "sigmoid"}]}

Steps are applied in turn to one row of features:

    affine      (x * scale + shift) / divisor
    dense       weights @ x + bias, weights with a row for each result
    activation  a function of one number: relu, tanh, sigmoid, exp, float32 (rounding to single precision), ...
    softmax     exp(x) / sum(exp(x))
    normalize   x / norm(x), norm one of l1, l2, max
    impute      values where x is NaN
    oneHot      for each feature, a list of the values that have a column
    columns     parts with columns and steps of their own, joined
    trees       splits as parallel lists: x[feature] <= threshold goes left; a child below 0 is the leaf ~child
    neighbours  the mean target of the k nearest points by the p-norm
"""

import json
import math
import sys

import numpy as np


class NotExportable(Exception):
    """A model, or a setting of one, that has no counterpart in Lutra."""


def export(model, path):
    """Writes a fitted model or pipeline to a JSON file."""
    described = describe(model)
    with open(path, "w", encoding="utf-8") as file:
        json.dump(described, file)


def describe(model):
    """A fitted model or pipeline as a dictionary that json can write."""
    import sklearn

    transformers, estimator = _flatten(model)
    steps, width = [], _width(transformers + [estimator])
    for transformer in transformers:
        steps += _transformer(transformer)
    name = type(estimator).__name__
    if name not in ESTIMATORS:
        raise NotExportable(f"{name} is not exported; exported are {', '.join(sorted(ESTIMATORS))}")
    scores, own = ESTIMATORS[name](estimator)
    result = {
        "format": "lutra.sklearn",
        "version": 1,
        "sklearn": sklearn.__version__,
        "estimator": name,
        "features": width,
        "scores": scores,
        "steps": steps + own,
    }
    if hasattr(estimator, "classes_"):
        result["classes"] = _plain(estimator.classes_)
    return result


def _plain(array):
    """Numbers and lists of them as json writes them."""
    return np.asarray(array).tolist()


def _flatten(model):
    """The transformers of a pipeline and its last estimator."""
    if type(model).__name__ != "Pipeline":
        return [], model
    transformers = []
    for _, step in model.steps[:-1]:
        if step is None or step == "passthrough":
            continue
        inner, last = _flatten(step)
        transformers += inner + [last]
    inner, last = _flatten(model.steps[-1][1])
    return transformers + inner, last


def _width(steps):
    for step in steps:
        if hasattr(step, "n_features_in_"):
            return int(step.n_features_in_)
    raise NotExportable("the model is not fitted")


# Transformers


def _affine(scale, shift):
    return {"type": "affine", "scale": _plain(scale), "shift": _plain(shift), "divisor": [1.0]}


def _centered(mean, divisor):
    """(x - mean) / divisor, rounded as scikit-learn does, which decides at thresholds of trees."""
    return {"type": "affine", "scale": [1.0], "shift": _plain(-mean), "divisor": _plain(divisor)}


def _dense(weights, bias):
    return {"type": "dense", "weights": _plain(weights), "bias": _plain(bias)}


def _activation(name):
    return {"type": "activation", "function": name}


def _standard_scaler(t):
    n = t.n_features_in_
    scale = t.scale_ if t.with_std else np.ones(n)
    mean = t.mean_ if t.with_mean else np.zeros(n)
    return [_centered(mean, scale)]


def _min_max_scaler(t):
    steps = [_affine(t.scale_, t.min_)]
    if t.clip:
        raise NotExportable("MinMaxScaler with clip=True is not exported; fit it with clip=False")
    return steps


def _max_abs_scaler(t):
    return [_centered(np.zeros(t.n_features_in_), t.scale_)]


def _robust_scaler(t):
    n = t.n_features_in_
    center = t.center_ if t.with_centering else np.zeros(n)
    scale = t.scale_ if t.with_scaling else np.ones(n)
    return [_centered(center, scale)]


def _pca(t):
    weights = t.components_
    if t.whiten:
        weights = weights / np.sqrt(t.explained_variance_)[:, None]
    mean = t.mean_ if getattr(t, "mean_", None) is not None else np.zeros(t.n_features_in_)
    return [_dense(weights, -weights @ mean)]


def _truncated_svd(t):
    return [_dense(t.components_, np.zeros(len(t.components_)))]


def _imputer(t):
    if not (isinstance(t.missing_values, float) and math.isnan(t.missing_values)) or t.add_indicator:
        raise NotExportable("SimpleImputer is exported for missing_values=nan and add_indicator=False")
    values = np.asarray(t.statistics_, dtype=float)
    if np.isnan(values).any():
        raise NotExportable("SimpleImputer drops columns that have no value at all; drop them before")
    return [{"type": "impute", "values": _plain(values)}]


def _one_hot(t):
    if getattr(t, "drop_idx_", None) is not None or getattr(t, "infrequent_categories_", None) not in (None, []):
        raise NotExportable("OneHotEncoder is exported with drop=None and no infrequent categories")
    categories = []
    for values in t.categories_:
        try:
            categories.append(np.asarray(values, dtype=float).tolist())
        except (TypeError, ValueError):
            raise NotExportable("OneHotEncoder of text is not exported; encode text as numbers before the model") from None
    return [{"type": "oneHot", "categories": categories}]


def _column_transformer(t):
    parts = []
    width = int(t.n_features_in_)
    for _, transformer, columns in t.transformers_:
        if transformer == "drop":
            continue
        indices = _columns(t, columns, width)
        if not indices:
            continue
        steps = [] if transformer == "passthrough" or type(transformer).__name__ == "FunctionTransformer" and transformer.func is None else _transformer_chain(transformer)
        parts.append({"columns": indices, "steps": steps})
    return [{"type": "columns", "parts": parts}]


def _columns(t, columns, width):
    if isinstance(columns, slice):
        return list(range(width))[columns]
    columns = np.atleast_1d(np.asarray(columns, dtype=object)).tolist()
    if columns and all(isinstance(c, (bool, np.bool_)) for c in columns):
        return [i for i, c in enumerate(columns) if c]
    names = list(getattr(t, "feature_names_in_", []))
    return [names.index(c) if isinstance(c, str) else int(c) % width for c in columns]


def _transformer_chain(transformer):
    inner, last = _flatten(transformer)
    return [step for t in inner + [last] for step in _transformer(t)]


TRANSFORMERS = {
    "StandardScaler": _standard_scaler,
    "MinMaxScaler": _min_max_scaler,
    "MaxAbsScaler": _max_abs_scaler,
    "RobustScaler": _robust_scaler,
    "Normalizer": lambda t: [{"type": "normalize", "norm": t.norm}],
    "PCA": _pca,
    "TruncatedSVD": _truncated_svd,
    "SimpleImputer": _imputer,
    "OneHotEncoder": _one_hot,
    "ColumnTransformer": _column_transformer,
}


def _transformer(transformer):
    name = type(transformer).__name__
    if name not in TRANSFORMERS:
        raise NotExportable(f"{name} is not exported; exported are {', '.join(sorted(TRANSFORMERS))}")
    return TRANSFORMERS[name](transformer)


# Linear models


def _linear_step(m):
    weights = np.atleast_2d(m.coef_)
    bias = np.broadcast_to(np.ravel(m.intercept_), (len(weights),))
    return _dense(weights, bias)


def _two_columns():
    """[1 - p, p] of one probability p."""
    return _dense([[-1.0], [1.0]], [1.0, 0.0])


def _regressor(m):
    return "values", [_linear_step(m)]


def _margin(m):
    """Scores of a linear classifier as decision_function gives them."""
    return "logits", [_linear_step(m)]


def _logistic(m):
    step = _linear_step(m)
    if len(step["weights"]) == 1:
        # For two classes a softmax over [-z, z] was used where one was asked for.
        multinomial = getattr(m, "multi_class", "auto") == "multinomial"
        return "probabilities", ([_scaled(step, 2.0)] if multinomial else [step]) + [_activation("sigmoid"), _two_columns()]
    if getattr(m, "multi_class", "auto") == "ovr" or getattr(m, "solver", "") == "liblinear":
        return "probabilities", [step, _activation("sigmoid"), {"type": "normalize", "norm": "l1"}]
    return "probabilities", [step, {"type": "softmax"}]


def _scaled(step, factor):
    return _dense(np.asarray(step["weights"]) * factor, np.asarray(step["bias"]) * factor)


def _sgd_classifier(m):
    if m.loss != "log_loss":
        return _margin(m)
    step = _linear_step(m)
    if len(step["weights"]) == 1:
        return "probabilities", [step, _activation("sigmoid"), _two_columns()]
    return "probabilities", [step, _activation("sigmoid"), {"type": "normalize", "norm": "l1"}]


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
    return ("logits" if hasattr(m, "classes_") else "values"), [_dense(np.atleast_2d(coef), np.ravel(m.intercept_))]


# Trees


def _join(parts, leaves, aggregate, base):
    """Trees of (feature, threshold, left, right, missing_left, root) with numbers of their own, as one ensemble."""
    step = {"type": "trees", "roots": [], "feature": [], "threshold": [], "left": [], "right": [], "missing_left": []}
    for root, feature, threshold, left, right, missing in parts:
        step["roots"].append(root)
        step["feature"] += feature
        step["threshold"] += threshold
        step["left"] += left
        step["right"] += right
        step["missing_left"] += missing
    return {**step, "leaves": leaves, "aggregate": aggregate, "base": _plain(base)}


def _trees(estimators, leaf_values, aggregate, base):
    """Fitted decision trees; `leaf_values(tree, node, i)` is the list of results of a leaf of the i-th."""
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
        parts.append(
            (
                number[0],
                [int(tree.feature[n]) for n in inner],
                [float(tree.threshold[n]) for n in inner],
                [number[int(tree.children_left[n])] for n in inner],
                [number[int(tree.children_right[n])] for n in inner],
                [int(missing[n]) for n in inner],
            )
        )
    # scikit-learn rounds features to single precision and compares with thresholds in double precision.
    return [_activation("float32"), _join(parts, leaves, aggregate, base)]


def _proportions(tree, node, _):
    values = tree.value[node]
    if values.shape[0] != 1:
        raise NotExportable("trees with several outputs are not exported; train one model for each")
    return (values[0] / values[0].sum()).tolist()


def _mean(tree, node, _):
    if tree.value[node].shape[0] != 1:
        raise NotExportable("trees with several outputs are not exported; train one model for each")
    return [float(tree.value[node][0][0])]


def _tree_classifier(m):
    return "probabilities", _trees([m], _proportions, "mean", np.zeros(len(m.classes_)))


def _tree_regressor(m):
    return "values", _trees([m], _mean, "mean", [0.0])


def _forest_classifier(m):
    return "probabilities", _trees(m.estimators_, _proportions, "mean", np.zeros(len(m.classes_)))


def _forest_regressor(m):
    return "values", _trees(m.estimators_, _mean, "mean", [0.0])


def _boosting(m):
    """Gradient boosting: raw scores."""
    rounds, targets = m.estimators_.shape
    init = m._raw_predict_init(np.zeros((2, m.n_features_in_)))
    if not (m.init_ == "zero" or type(m.init_).__name__ in ("DummyClassifier", "DummyRegressor")):
        raise NotExportable("gradient boosting on top of a model of your own (init) is not exported; use init=None")

    def leaf(tree, node, i):
        values = [0.0] * targets
        values[i % targets] = float(m.learning_rate * tree.value[node][0][0])
        return values

    return _trees(list(m.estimators_.ravel()), leaf, "sum", np.ravel(init[0]))


def _boosting_classifier(m):
    if m.loss != "log_loss":
        raise NotExportable(f"the loss {m.loss} is not exported; train with log_loss")
    steps = _boosting(m)
    last = [_activation("sigmoid"), _two_columns()] if m.estimators_.shape[1] == 1 else [{"type": "softmax"}]
    return "probabilities", steps + last


def _boosting_regressor(m):
    return "values", _boosting(m)


def _histogram(m):
    """Histogram gradient boosting: raw scores."""
    if getattr(m, "is_categorical_", None) is not None and np.any(m.is_categorical_):
        raise NotExportable("categorical features of histogram gradient boosting are not exported; encode them one-hot")
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
                    [float(node["num_threshold"]) for node in inner],
                    [number[int(node["left"])] for node in inner],
                    [number[int(node["right"])] for node in inner],
                    [int(node["missing_go_to_left"]) for node in inner],
                )
            )
    return [_join(parts, leaves, "sum", np.ravel(m._baseline_prediction))]


def _histogram_classifier(m):
    steps = _histogram(m)
    last = [_activation("sigmoid"), _two_columns()] if len(m.classes_) == 2 else [{"type": "softmax"}]
    return "probabilities", steps + last


def _histogram_regressor(m):
    link = [_activation("exp")] if m.loss in ("poisson", "gamma") else []
    return "values", _histogram(m) + link


# Neighbours and perceptrons


def _neighbours(m, targets):
    if m.weights not in ("uniform", "distance"):
        raise NotExportable("weights as a function are not exported; use 'uniform' or 'distance'")
    metric = m.effective_metric_
    parameters = getattr(m, "effective_metric_params_", None) or {}
    p = {"euclidean": 2, "manhattan": 1, "chebyshev": "Infinity", "minkowski": parameters.get("p", m.p)}.get(metric)
    if p is None:
        raise NotExportable(f"the metric {metric} is not exported; use euclidean, manhattan, chebyshev or minkowski")
    return [
        {
            "type": "neighbours",
            "points": _plain(m._fit_X),
            "targets": _plain(targets),
            "k": int(m.n_neighbors),
            "p": p,
            "weights": m.weights,
        }
    ]


def _neighbours_classifier(m):
    labels = np.ravel(m._y)
    return "probabilities", _neighbours(m, np.eye(len(m.classes_))[labels])


def _neighbours_regressor(m):
    return "values", _neighbours(m, np.asarray(m._y, dtype=float).reshape(len(m._fit_X), -1))


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
    return "probabilities", steps + [_activation("sigmoid")]


def _mlp_regressor(m):
    link = [_activation("exp")] if m.out_activation_ == "exp" else []
    return "values", _perceptron_layers(m) + link


ESTIMATORS = {
    "ARDRegression": _regressor,
    "BayesianRidge": _regressor,
    "DecisionTreeClassifier": _tree_classifier,
    "DecisionTreeRegressor": _tree_regressor,
    "ElasticNet": _regressor,
    "ElasticNetCV": _regressor,
    "ExtraTreeClassifier": _tree_classifier,
    "ExtraTreeRegressor": _tree_regressor,
    "ExtraTreesClassifier": _forest_classifier,
    "ExtraTreesRegressor": _forest_regressor,
    "GammaRegressor": _log_link,
    "GradientBoostingClassifier": _boosting_classifier,
    "GradientBoostingRegressor": _boosting_regressor,
    "HistGradientBoostingClassifier": _histogram_classifier,
    "HistGradientBoostingRegressor": _histogram_regressor,
    "HuberRegressor": _regressor,
    "KNeighborsClassifier": _neighbours_classifier,
    "KNeighborsRegressor": _neighbours_regressor,
    "Lars": _regressor,
    "Lasso": _regressor,
    "LassoCV": _regressor,
    "LassoLars": _regressor,
    "LinearRegression": _regressor,
    "LinearSVC": _margin,
    "LinearSVR": _regressor,
    "LogisticRegression": _logistic,
    "LogisticRegressionCV": _logistic,
    "MLPClassifier": _mlp_classifier,
    "MLPRegressor": _mlp_regressor,
    "PassiveAggressiveClassifier": _margin,
    "Perceptron": _margin,
    "PoissonRegressor": _log_link,
    "RandomForestClassifier": _forest_classifier,
    "RandomForestRegressor": _forest_regressor,
    "Ridge": _regressor,
    "RidgeCV": _regressor,
    "RidgeClassifier": _margin,
    "SGDClassifier": _sgd_classifier,
    "SGDRegressor": _regressor,
    "SVC": _svm,
    "SVR": _svm,
    "TweedieRegressor": _tweedie,
}


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: python export_sklearn.py model.joblib model.json")
    import joblib

    try:
        export(joblib.load(sys.argv[1]), sys.argv[2])
    except NotExportable as error:
        sys.exit(str(error))
