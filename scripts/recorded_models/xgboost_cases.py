"""XGBoost: every objective and booster, base scores, missing values, categories, early stopping, several targets."""

import json
import os
import tempfile

import numpy as np
import xgboost as xgb

from .data import Data

REGRESSIONS = {
    "reg:squarederror": "value",
    "reg:squaredlogerror": "positive",
    "reg:pseudohubererror": "value",
    "reg:absoluteerror": "value",
    "reg:quantileerror": "value",
    "reg:logistic": "share",
    "reg:gamma": "positive",
    "reg:tweedie": "positive",
    "count:poisson": "count",
    "survival:cox": "positive",
    "survival:aft": "positive",
    "rank:pairwise": "binary",
    "rank:ndcg": "binary",
    "rank:map": "binary",
}


def text_of(model):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "model.json")
        model.save_model(path)
        with open(path, encoding="utf-8") as file:
            return file.read()


def record(recording):
    whole, holes = Data(1), Data(2, missing=True)
    sets = {"numbers": whole, "missing": holes}
    for name, data in sets.items():
        recording.keep(name, data.rows)

    def native(name, parameters, target, rows="numbers", rounds=3, train_only={}, **matrix):
        data = sets[rows]
        train = xgb.DMatrix(data.x, label=getattr(data, target), **matrix, **train_only)
        if parameters["objective"].startswith("rank"):
            train.set_group([20, 20, 20])
        if parameters["objective"] == "survival:aft":
            train.set_float_info("label_lower_bound", data.positive)
            train.set_float_info("label_upper_bound", data.positive * 1.5)
        booster = xgb.train({"max_depth": 2, "eta": 0.4, "seed": 1, **parameters}, train, rounds)
        given = xgb.DMatrix(data.rows, **matrix)
        recording.add(name, text_of(booster), rows, booster.predict(given).reshape(len(data.rows), -1))

    for objective, target in REGRESSIONS.items():
        extra = {"quantile_alpha": 0.7} if "quantile" in objective else {}
        native(objective, {"objective": objective, **extra}, target)
        native(f"{objective}, base score", {"objective": objective, "base_score": 0.3, **extra}, target, rows="missing")
    native("quantiles", {"objective": "reg:quantileerror", "quantile_alpha": [0.2, 0.5, 0.8]}, "value")
    native("binary:logitraw", {"objective": "binary:logitraw", "base_score": 0.3}, "binary")
    native("binary:hinge", {"objective": "binary:hinge"}, "binary")
    native("categories", {"objective": "reg:squarederror", "max_cat_to_onehot": 1, "max_depth": 3}, "value",
           feature_types=["q", "q", "q", "c"], enable_categorical=True)
    native("one category", {"objective": "reg:squarederror", "max_cat_to_onehot": 9}, "value",
           feature_types=["q", "q", "q", "c"], enable_categorical=True)
    native("linear booster", {"objective": "count:poisson", "booster": "gblinear"}, "count")
    native("dart", {"objective": "reg:squarederror", "booster": "dart", "rate_drop": 0.5}, "value", rounds=6)
    native("parallel trees", {"objective": "reg:gamma", "num_parallel_tree": 3, "subsample": 0.6}, "positive")
    native("loss-guided", {"objective": "reg:squarederror", "grow_policy": "lossguide", "max_leaves": 5, "tree_method": "hist"}, "value")

    def sklearn(name, estimator, target, rows="numbers", early=False):
        data = sets[rows]
        y = getattr(data, target)
        y = y[:, None] if isinstance(y, list) else y
        if early:
            estimator.fit(data.x[:40], y[:40], eval_set=[(data.x[40:], y[40:][::-1])], verbose=False)
            assert estimator.best_iteration + 1 < estimator.get_booster().num_boosted_rounds()
        else:
            estimator.fit(data.x, y)
        labels = None
        if hasattr(estimator, "predict_proba"):
            labels = estimator.predict(data.rows)
            if estimator.objective == "binary:logitraw":
                scores = estimator.predict(data.rows, output_margin=True)
            else:
                scores = estimator.predict_proba(data.rows)
                scores = scores[:, 1] if estimator.n_classes_ == 2 and labels.ndim == 1 else scores
            labels = labels if labels.ndim == 1 else None
        else:
            scores = estimator.predict(data.rows)
        recording.add(name, text_of(estimator), rows, np.reshape(scores, (len(data.rows), -1)), labels)

    common = {"n_estimators": 3, "max_depth": 2, "learning_rate": 0.5, "random_state": 1}
    for rows in sets:
        sklearn(f"XGBClassifier, {rows}", xgb.XGBClassifier(**common), "binary", rows)
        sklearn(f"XGBClassifier, three classes, {rows}", xgb.XGBClassifier(**common), "three", rows)
        sklearn(f"XGBRegressor, {rows}", xgb.XGBRegressor(**common), "value", rows)
    for objective in ("binary:logistic", "binary:logitraw", "binary:hinge"):
        sklearn(f"XGBClassifier, {objective}, base score", xgb.XGBClassifier(objective=objective, base_score=0.7, **common), "binary")
    sklearn("XGBClassifier, multi:softmax", xgb.XGBClassifier(objective="multi:softmax", **common), "three")
    sklearn("XGBRFClassifier", xgb.XGBRFClassifier(n_estimators=4, max_depth=2, random_state=1), "binary")
    sklearn("XGBRFRegressor", xgb.XGBRFRegressor(n_estimators=4, max_depth=2, random_state=1), "value")
    stops = {"early_stopping_rounds": 2, "max_depth": 2, "learning_rate": 0.9, "n_estimators": 20}
    sklearn("early stopping, XGBClassifier", xgb.XGBClassifier(**stops), "binary", early=True)
    sklearn("early stopping, three classes", xgb.XGBClassifier(num_parallel_tree=2, subsample=0.7, **stops), "three", early=True)
    sklearn("early stopping, XGBRegressor, dart", xgb.XGBRegressor(booster="dart", rate_drop=0.3, **stops), "value", early=True)

    whole.pair = np.stack([whole.value, whole.share], axis=1)
    whole.flags = np.stack([whole.binary, whole.count > 1], axis=1).astype(int)
    sklearn("two targets", xgb.XGBRegressor(**common), "pair")
    sklearn("two targets in a leaf", xgb.XGBRegressor(multi_strategy="multi_output_tree", **common), "pair")
    sklearn("two flags", xgb.XGBClassifier(**common), "flags")

    weights = np.linspace(0.2, 3, 60)
    squares = {"objective": "reg:squarederror"}
    native("weights of rows", squares, "value", train_only={"weight": weights})
    native("monotone", {**squares, "monotone_constraints": "(1,-1,0,0)"}, "value")
    native("features that may meet", {**squares, "interaction_constraints": "[[0,1],[2,3]]", "max_depth": 4}, "value")
    native("base score below all", {**squares, "base_score": -3.5, "max_delta_step": 0.1}, "value")
    native("trees without splits", {**squares, "gamma": 1e9}, "value")
    native("whole numbers", squares, "value", feature_types=["q", "q", "q", "int"])
    native("pseudo-Huber, slope", {"objective": "reg:pseudohubererror", "huber_slope": 0.3}, "value", "missing")
    native("Tweedie 1.2", {"objective": "reg:tweedie", "tweedie_variance_power": 1.2}, "positive")
    native("approximate, loss-guided", {"objective": "count:poisson", "tree_method": "approx", "grow_policy": "lossguide", "max_leaves": 4}, "count", "missing")
    native("dart of forests", {"objective": "binary:logistic", "booster": "dart", "rate_drop": 0.5, "normalize_type": "forest", "num_parallel_tree": 2}, "binary", "missing", 5)
    native("dart, three classes", {"objective": "multi:softprob", "num_class": 3, "booster": "dart", "rate_drop": 0.5, "skip_drop": 0.2}, "three", rounds=6)
    native("quantiles in a leaf", {"objective": "reg:quantileerror", "quantile_alpha": [0.2, 0.8], "multi_strategy": "multi_output_tree", "tree_method": "hist"}, "value")
    native("linear booster, three classes", {"objective": "multi:softprob", "num_class": 3, "booster": "gblinear"}, "three")
    native("linear booster, two targets", {**squares, "booster": "gblinear"}, "pair")
    native("linear booster, binary", {"objective": "binary:logistic", "booster": "gblinear"}, "binary")
    sklearn("linear booster, XGBClassifier", xgb.XGBClassifier(booster="gblinear", n_estimators=5), "three")
    sklearn("scale_pos_weight", xgb.XGBClassifier(scale_pos_weight=4, **common), "binary")
    sklearn("zero is missing", xgb.XGBRegressor(missing=0.0, **common), "value")
    sklearn("XGBRFClassifier, three classes", xgb.XGBRFClassifier(n_estimators=4, max_depth=2, random_state=1), "three")
    sklearn("dart, XGBClassifier, three classes", xgb.XGBClassifier(booster="dart", rate_drop=0.5, **common), "three")

    # Of categories in a table their numbers are what trees ask for.
    import pandas

    table = pandas.DataFrame({"a": whole.x[:, 0], "b": pandas.Categorical([("u", "v", "w", "y", "z")[int(c)] for c in whole.x[:, 3]])})
    estimator = xgb.XGBRegressor(enable_categorical=True, **common).fit(table, whole.value)
    recording.keep("codes", np.stack([whole.rows[:, 0], table.b.cat.codes[:32]], axis=1))
    recording.add("categories of a table", text_of(estimator), "codes", estimator.predict(table[:32]).reshape(-1, 1), warns="a row gives the number of each")

    # The native interface predicts with all rounds, whatever early stopping found.
    train, test = (xgb.DMatrix(whole.x[part], label=whole.value[part]) for part in (slice(0, 40), slice(40, 60)))
    booster = xgb.train({"max_depth": 3, "eta": 0.9}, train, 12, evals=[(test, "test")], early_stopping_rounds=2, verbose_eval=False)
    assert booster.best_iteration + 1 < booster.num_boosted_rounds()
    recording.add("early stopping, native", text_of(booster), "numbers",
                  booster.predict(xgb.DMatrix(whole.rows)).reshape(-1, 1), warns="all")
    return {"xgboost": xgb.__version__}
