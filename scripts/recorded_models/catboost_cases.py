"""CatBoost: losses, ways of growing trees, missing values, thresholds; as its JSON and as its ONNX."""

import json
import os
import tempfile

import catboost as cb
import numpy as np

from .data import Data

REGRESSIONS = {
    "RMSE": "value",
    "MAE": "value",
    "Quantile:alpha=0.7": "value",
    "Expectile:alpha=0.7": "value",
    "Huber:delta=1.0": "value",
    "LogLinQuantile": "positive",
    "MAPE": "positive",
    "Poisson": "count",
    "Tweedie:variance_power=1.5": "positive",
    "Lq:q=3": "value",
    "LogCosh": "value",
}


def saved(model, kind):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, f"model.{kind}")
        model.save_model(path, format=kind)
        with open(path, "rb") as file:
            return file.read()


def json_of(model):
    """CatBoost's JSON without what it tells of the training, which is most of it."""
    described = json.loads(saved(model, "json"))
    info = described["model_info"]
    for key in ("output_options", "training", "catboost_version_info"):
        info.pop(key, None)
    info["params"] = {"loss_function": info["params"]["loss_function"]}
    return json.dumps(described, separators=(",", ":"))


def record(recording):
    sets = {"numbers": Data(6), "missing": Data(7, missing=True)}
    for name, data in sets.items():
        recording.keep(name, data.rows)
    common = {"iterations": 3, "depth": 2, "learning_rate": 0.4, "random_seed": 1, "verbose": False, "allow_writing_files": False}

    def add(name, model, target, rows="numbers", onnx=False, prepare=None, **fit):
        data = sets[rows]
        y = target if isinstance(target, np.ndarray) else getattr(data, target)
        model.fit(data.x, y, **fit)
        if prepare:
            prepare(model)
        labels = None
        if hasattr(model, "predict_proba"):
            scores = model.predict_proba(data.rows)
            labels = model.predict(data.rows)
            labels = labels.ravel() if labels.size == len(scores) else None
            scores, given = (scores[:, 1:], scores) if scores.shape[1] == 2 and labels is not None else (scores, scores)
        else:
            scores = given = np.reshape(model.predict(data.rows), (len(data.rows), -1))
        recording.add(name, json_of(model), rows, scores, labels)
        if onnx:
            recording.add(f"{name}, ONNX", saved(model, "onnx"), rows, given, labels)

    for loss, target in REGRESSIONS.items():
        add(loss, cb.CatBoostRegressor(loss_function=loss, **common), target, onnx=loss in ("RMSE", "MAE", "Quantile:alpha=0.7"))
    words = np.array(["no", "yes"])
    for rows in sets:
        add(f"CatBoostClassifier, {rows}", cb.CatBoostClassifier(**common), "binary", rows, onnx=True)
        add(f"CatBoostClassifier, three classes, {rows}", cb.CatBoostClassifier(**common), "three", rows, onnx=True)
        add(f"CatBoostRegressor, {rows}", cb.CatBoostRegressor(**common), "value", rows, onnx=True)
        add(f"missing values above all, {rows}", cb.CatBoostRegressor(nan_mode="Max", **common), "value", rows, onnx=True)
    whole = sets["numbers"]
    add("text classes", cb.CatBoostClassifier(**common), words[whole.binary], onnx=True)
    add("three text classes", cb.CatBoostClassifier(**common), np.array(["a", "b", "c"])[whole.three], onnx=True)
    add("classes 3 and 7", cb.CatBoostClassifier(**common), np.array([3, 7])[whole.binary], onnx=True)
    add("one-versus-all", cb.CatBoostClassifier(loss_function="MultiClassOneVsAll", **common), "three")
    add("threshold", cb.CatBoostClassifier(**common), "binary", prepare=lambda m: m.set_probability_threshold(0.3))
    add("cross-entropy", cb.CatBoostClassifier(loss_function="CrossEntropy", **common), whole.share)
    add("scaled and shifted", cb.CatBoostRegressor(**common), "value", prepare=lambda m: m.set_scale_and_bias(0.5, [2.0]))
    for policy in ("Lossguide", "Depthwise"):
        add(policy, cb.CatBoostClassifier(grow_policy=policy, **common), "binary")
        add(f"{policy}, three classes", cb.CatBoostClassifier(grow_policy=policy, **common), "three")
    pair = np.stack([whole.value, whole.share], axis=1)
    add("two targets", cb.CatBoostRegressor(loss_function="MultiRMSE", **common), pair)
    add("two targets, Depthwise", cb.CatBoostRegressor(loss_function="MultiRMSE", grow_policy="Depthwise", **common), pair)
    flags = np.stack([whole.binary, whole.count > 1], axis=1).astype(int)
    add("two flags", cb.CatBoostClassifier(loss_function="MultiLogloss", **common), flags)
    add("weights of classes", cb.CatBoostClassifier(class_weights=[1, 4], **common), "binary", onnx=True)
    add("balanced, three classes", cb.CatBoostClassifier(auto_class_weights="Balanced", nan_mode="Min", **common), "three", "missing", onnx=True)
    add("weights of rows", cb.CatBoostRegressor(**common), "value", sample_weight=np.linspace(0.2, 3, 60), onnx=True)
    add("monotone", cb.CatBoostRegressor(monotone_constraints=[1, 0, 0, 0], **common), "value", onnx=True)
    add("without an average", cb.CatBoostRegressor(boost_from_average=False, **common), "value", "missing", onnx=True)
    add("ordered", cb.CatBoostRegressor(boosting_type="Ordered", **common), "value")
    add("Langevin", cb.CatBoostRegressor(langevin=True, diffusion_temperature=100, **common), "value")
    add("focal loss", cb.CatBoostClassifier(loss_function="Focal:focal_alpha=0.5;focal_gamma=1.0", **common), "binary")
    add("quantiles", cb.CatBoostRegressor(loss_function="MultiQuantile:alpha=0.2,0.5,0.8", **common), "value")
    add("two targets with gaps", cb.CatBoostRegressor(loss_function="MultiRMSEWithMissingValues", **common), pair)
    add("Cox", cb.CatBoostRegressor(loss_function="Cox", **common), "positive")
    add("survival", cb.CatBoostRegressor(loss_function="SurvivalAft:dist=Normal", **common), np.stack([whole.positive, whole.positive * 1.5], 1))
    unsure = cb.CatBoostRegressor(loss_function="RMSEWithUncertainty", **common).fit(whole.x, whole.value)
    recording.refuse("RMSEWithUncertainty", json_of(unsure), "imported are Cox, CrossEntropy")
    ranked = cb.CatBoost({"loss_function": "YetiRank", **common})
    ranked.fit(cb.Pool(whole.x, whole.count, group_id=np.repeat([0, 1, 2], 20)))
    recording.add("YetiRank", json_of(ranked), "numbers", ranked.predict(whole.rows).reshape(-1, 1))
    return {"catboost": cb.__version__}
