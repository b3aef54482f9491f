"""XGBoost and LightGBM by onnxmltools: scores of ONNX Runtime, labels of the frameworks themselves."""

import warnings

import lightgbm as lgb
import numpy as np
import onnxmltools
import onnxruntime
import xgboost as xgb
from onnxmltools.convert.common.data_types import FloatTensorType

from .data import Data


def record(recording):
    warnings.simplefilter("ignore")
    whole = Data(31)
    whole.x = whole.x.astype(np.float32).astype(float)
    x = recording.keep("numbers", whole.rows)

    def add(name, model, target, convert):
        model.fit(whole.x, getattr(whole, target))
        converted = convert(model, initial_types=[("x", FloatTensorType([None, 4]))], target_opset=15)
        file = converted.SerializeToString()
        results = onnxruntime.InferenceSession(file).run(None, {"x": x.astype(np.float32)})
        classifies = len(results) > 1
        scores = results[1] if classifies else results[0]
        if isinstance(scores, list):
            scores = np.array([list(one.values()) for one in scores])
        if not classifies:
            own = np.reshape(model.predict(x), (len(x), -1))
            assert np.allclose(own, scores, atol=1e-4), name
        recording.add(name, file, "numbers", np.reshape(scores, (len(x), -1)), model.predict(x) if classifies else None)

    common = {"n_estimators": 3, "random_state": 1}
    of_xgb = {"max_depth": 2, **common}
    of_lgb = {"num_leaves": 4, "min_child_samples": 3, "verbose": -1, **common}
    for target in ("binary", "three"):
        add(f"XGBClassifier, {target}", xgb.XGBClassifier(**of_xgb), target, onnxmltools.convert_xgboost)
        add(f"LGBMClassifier, {target}", lgb.LGBMClassifier(**of_lgb), target, onnxmltools.convert_lightgbm)
    add("LGBMRegressor", lgb.LGBMRegressor(**of_lgb), "value", onnxmltools.convert_lightgbm)
    add("XGBRegressor", xgb.XGBRegressor(**of_xgb), "value", onnxmltools.convert_xgboost)
    add("LGBMRegressor, Poisson", lgb.LGBMRegressor(objective="poisson", **of_lgb), "count", onnxmltools.convert_lightgbm)
    return {"xgboost": xgb.__version__, "lightgbm": lgb.__version__, "onnxmltools": onnxmltools.__version__, "onnxruntime": onnxruntime.__version__}
