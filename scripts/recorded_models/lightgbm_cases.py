"""LightGBM: every objective and kind of boosting, missing values and zeros, categories, early stopping; text and JSON."""

import json

import lightgbm as lgb
import numpy as np

from .data import Data

OBJECTIVES = {
    "regression": "value",
    "regression_l1": "value",
    "huber": "value",
    "fair": "value",
    "quantile": "value",
    "mape": "positive",
    "poisson": "count",
    "gamma": "positive",
    "tweedie": "positive",
    "binary": "binary",
    "cross_entropy": "share",
    "cross_entropy_lambda": "share",
    "multiclass": "three",
    "multiclassova": "three",
    "lambdarank": "binary",
    "rank_xendcg": "binary",
}
COMMON = {"num_leaves": 4, "min_data_in_leaf": 3, "learning_rate": 0.4, "verbose": -1, "seed": 1, "min_data_in_bin": 1}


def record(recording):
    sets = {"numbers": Data(3), "missing": Data(4, missing=True)}
    zeros = Data(5, missing=True)
    zeros.x[:, 0] = np.round(zeros.x[:, 0])
    sets["zeros"] = zeros
    for name, data in sets.items():
        recording.keep(name, data.rows)
    # Categories that were never seen, negative ones, fractions of them, and missing ones.
    odd = sets["numbers"].rows.copy()
    odd[:10, 3] = [-1, 7, 2.7, np.nan, 40, 0.2, -0.4, 1e9, 4.999, 5]
    recording.keep("odd categories", odd)

    def train(name, parameters, target, rows="numbers", given=None, rounds=3, both=False, **arguments):
        data = sets[rows]
        group = {"group": [20, 20, 20]} if parameters.get("objective") in ("lambdarank", "rank_xendcg") else {}
        train_set = lgb.Dataset(data.x, label=getattr(data, target), free_raw_data=False, **group, **arguments)
        booster = lgb.train({**COMMON, **parameters}, train_set, rounds)
        add(name, booster, given or rows, both=both)

    def add(name, booster, rows, labels=None, both=False):
        x = {"odd categories": odd}.get(rows)
        x = sets[rows].rows if x is None else x
        scores = booster.predict(x).reshape(len(x), -1)
        recording.add(name, booster.model_to_string(), rows, scores, labels)
        if both:
            recording.add(f"{name}, JSON", json.dumps(booster.dump_model()), rows, scores, labels)

    for objective, target in OBJECTIVES.items():
        classes = {"num_class": 3} if objective.startswith("multiclass") else {}
        train(objective, {"objective": objective, **classes}, target, both=objective in ("binary", "multiclassova", "cross_entropy_lambda"))
    train("binary, sigmoid 2.5", {"objective": "binary", "sigmoid": 2.5}, "binary", both=True)
    train("multiclassova, sigmoid 0.5", {"objective": "multiclassova", "num_class": 3, "sigmoid": 0.5}, "three")
    train("square roots", {"objective": "regression", "reg_sqrt": True}, "value", both=True)
    train("own objective", {"objective": lambda scores, data: (scores - data.get_label(), np.ones_like(scores))}, "value")
    train("no average", {"objective": "binary", "boost_from_average": False}, "binary")
    train("random forest", {"objective": "binary", "boosting": "rf", "bagging_freq": 1, "bagging_fraction": 0.6}, "binary", rounds=4, both=True)
    train("random forest, three classes", {"objective": "multiclass", "num_class": 3, "boosting": "rf", "bagging_freq": 1, "bagging_fraction": 0.6}, "three", rounds=4)
    train("random forest, Poisson", {"objective": "poisson", "boosting": "rf", "bagging_freq": 1, "bagging_fraction": 0.6}, "count", rounds=4)
    train("dart", {"objective": "regression", "boosting": "dart", "drop_rate": 0.6, "drop_seed": 3}, "value", rounds=6)
    train("goss", {"objective": "regression", "data_sample_strategy": "goss"}, "value")
    train("extremely random", {"objective": "regression", "extra_trees": True}, "value")
    for name, extra in {"NaN": {}, "no missing values": {"use_missing": False}, "zero as missing": {"zero_as_missing": True}}.items():
        for rows in ("missing", "zeros"):
            train(f"{name}, {rows}", {"objective": "regression", **extra}, "value", rows=rows, both=rows == "zeros")
    train("NaN without any in training", {"objective": "regression"}, "value", given="missing")
    few = {"objective": "regression", "min_data_per_group": 1, "cat_smooth": 1, "cat_l2": 1, "num_leaves": 5}
    train("categories", few, "value", given="odd categories", both=True, categorical_feature=[3])
    train("one category", {**few, "max_cat_to_onehot": 9}, "value", given="odd categories", categorical_feature=[3])
    train("categories, no missing values", {**few, "use_missing": False}, "value", given="odd categories", categorical_feature=[3])
    train("categories, missing", few, "value", rows="missing", categorical_feature=[3])
    train("monotone", {"objective": "regression", "monotone_constraints": [1, 0, 0, 0]}, "value")

    squares = {"objective": "regression"}
    three = {"objective": "multiclass", "num_class": 3}
    train("weights of rows", squares, "value", weight=np.linspace(0.2, 3, 60))
    train("first scores", {"objective": "binary"}, "binary", init_score=np.linspace(-1, 1, 60))
    train("features that may meet", {**squares, "interaction_constraints": [[0, 1], [2, 3]]}, "value")
    train("monotone, advanced", {"objective": "binary", "monotone_constraints": [1, -1, 0, 0], "monotone_constraints_method": "advanced"}, "binary", rows="missing")
    train("unbalanced", {"objective": "binary", "is_unbalance": True}, "binary")
    train("quantile 0.9", {"objective": "quantile", "alpha": 0.9}, "value", rows="missing")
    train("smoothed paths", {"objective": "gamma", "path_smooth": 2.0}, "positive")
    train("gradients of few bits", {**squares, "use_quantized_grad": True}, "value")
    train("dart, three classes", {**three, "boosting": "dart", "drop_rate": 0.5}, "three", rounds=5, both=True)
    for objective in ("regression", "quantile"):
        train(f"random forest, {objective}", {"objective": objective, "alpha": 0.3, "boosting": "rf", "bagging_freq": 1, "bagging_fraction": 0.6}, "value", rounds=4)
    for parameters, target in ((squares, "value"), ({"objective": "binary"}, "binary"), (three, "three")):
        train(f"trees without splits, {parameters['objective']}", {**parameters, "min_data_in_leaf": 1000}, target, both=True)
    train("categories, three classes", {**three, "min_data_per_group": 1, "cat_smooth": 1}, "three", categorical_feature=[3])
    train("categories, zero as missing", {"objective": "binary", "min_data_per_group": 1, "cat_smooth": 1, "zero_as_missing": True}, "binary", rows="missing", categorical_feature=[3])
    whole = sets["numbers"]
    linear = lgb.train({**COMMON, **squares, "linear_tree": True}, lgb.Dataset(whole.x, label=whole.value), 3)
    for kind, text in (("text", linear.model_to_string()), ("JSON", json.dumps(linear.dump_model()))):
        recording.refuse(f"linear trees, {kind}", text, "train with linear_tree=false")

    def sklearn(name, estimator, target, rows="numbers", **fit):
        data = sets[rows]
        estimator.fit(data.x, getattr(data, target), **fit)
        labels = estimator.predict(data.rows) if hasattr(estimator, "predict_proba") else None
        add(name, estimator.booster_, rows, labels)

    small = {"n_estimators": 3, "num_leaves": 4, "min_child_samples": 3, "verbose": -1, "random_state": 1}
    for rows in ("numbers", "missing"):
        sklearn(f"LGBMClassifier, {rows}", lgb.LGBMClassifier(**small), "binary", rows)
        sklearn(f"LGBMClassifier, three classes, {rows}", lgb.LGBMClassifier(**small), "three", rows)
        sklearn(f"LGBMRegressor, {rows}", lgb.LGBMRegressor(**small), "value", rows)
    sklearn("LGBMClassifier, balanced", lgb.LGBMClassifier(class_weight="balanced", **small), "three")
    sklearn("LGBMClassifier, one-versus-all", lgb.LGBMClassifier(objective="multiclassova", **small), "three")

    # Of categories in a table their numbers are what trees ask for.
    import pandas

    table = pandas.DataFrame({"a": whole.x[:, 0], "b": pandas.Categorical([("u", "v", "w", "y", "z")[int(c)] for c in whole.x[:, 3]])})
    booster = lgb.train({**COMMON, **few}, lgb.Dataset(table, label=whole.value), 3)
    codes = recording.keep("codes", np.stack([whole.rows[:, 0], table.b.cat.codes[:32]], axis=1))
    for text in (booster.model_to_string(), json.dumps(booster.dump_model())):
        recording.add(f"categories of a table, {text[:4]!r}", text, "codes", booster.predict(table[:32]).reshape(-1, 1), warns="a row gives the number of each")

    # Early stopping: what is saved ends at the best round, unless all rounds are asked for.
    part = lgb.Dataset(whole.x[:40], label=whole.value[:40], free_raw_data=False)
    rest = lgb.Dataset(whole.x[40:], label=whole.value[40:][::-1], reference=part, free_raw_data=False)
    booster = lgb.train({**COMMON, "objective": "regression", "learning_rate": 0.9}, part, 20, valid_sets=[rest],
                        callbacks=[lgb.early_stopping(2, verbose=False)], keep_training_booster=True)
    assert booster.best_iteration < booster.current_iteration()
    add("early stopping", booster, "numbers", both=True)
    every = booster.model_to_string(num_iteration=-1)
    recording.add("early stopping, all rounds", every, "numbers", lgb.Booster(model_str=every).predict(whole.rows).reshape(-1, 1))
    later = booster.model_to_string(start_iteration=1, num_iteration=2)
    recording.add("rounds 1 and 2", later, "numbers", lgb.Booster(model_str=later).predict(whole.rows).reshape(-1, 1))
    return {"lightgbm": lgb.__version__}
