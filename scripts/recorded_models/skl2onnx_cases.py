"""scikit-learn by skl2onnx: scores are those of ONNX Runtime, labels those of scikit-learn itself."""

import warnings

import numpy as np
import onnxruntime
import skl2onnx
import sklearn
from sklearn import (calibration, cluster, discriminant_analysis, ensemble, linear_model, multiclass, naive_bayes,
                     neural_network, svm, tree)

from .data import Data

WORDS = np.array(["no", "yes"])


def record(recording):
    warnings.simplefilter("ignore")
    whole = Data(21)
    # In single precision, which ONNX Runtime computes in, so that thresholds cut rows alike.
    whole.x = whole.x.astype(np.float32).astype(float)
    whole.words = WORDS[whole.binary]
    x = recording.keep("numbers", whole.rows)

    def add(name, model, target, options=None):
        if "random_state" in model.get_params() and model.random_state is None:
            model.set_params(random_state=0)
        model.fit(whole.x.astype(np.float32), getattr(whole, target))
        inputs = [("x", skl2onnx.common.data_types.FloatTensorType([None, 4]))]
        file = skl2onnx.convert_sklearn(model, initial_types=inputs, options=options, target_opset={"": 18, "ai.onnx.ml": 3}).SerializeToString()
        session = onnxruntime.InferenceSession(file)
        results = session.run(None, {"x": x.astype(np.float32)})
        classifies = len(results) > 1
        scores = results[1] if classifies else results[0]
        if isinstance(scores, list):
            scores = np.array([list(one.values()) for one in scores])
        labels = model.predict(x.astype(np.float32)) if classifies else None
        recording.add(name, file, "numbers", np.reshape(scores, (len(x), -1)), labels)

    m, e = linear_model, ensemble
    for target in ("binary", "three", "words"):
        for zipmap in (True, False):
            options = {"zipmap": zipmap}
            add(f"LogisticRegression, {target}, zipmap {zipmap}", m.LogisticRegression(), target, options)
        add(f"LinearSVC, {target}", svm.LinearSVC(), target)
        add(f"SGDClassifier, {target}", m.SGDClassifier(), target, {"zipmap": False})
        add(f"Perceptron, {target}", m.Perceptron(), target, {"zipmap": False})
        add(f"RidgeClassifier, {target}", m.RidgeClassifier(), target, {"zipmap": False})
        add(f"LinearDiscriminantAnalysis, {target}", discriminant_analysis.LinearDiscriminantAnalysis(), target, {"zipmap": False})
        add(f"RandomForestClassifier, {target}", e.RandomForestClassifier(3, max_depth=3), target, {"zipmap": False})
        add(f"GradientBoostingClassifier, {target}", e.GradientBoostingClassifier(n_estimators=3), target, {"zipmap": False})
        add(f"DecisionTreeClassifier, {target}", tree.DecisionTreeClassifier(max_depth=3), target, {"zipmap": False})
        add(f"MLPClassifier, {target}", neural_network.MLPClassifier((4,), max_iter=50), target, {"zipmap": False})
    for raw in (True, False):
        for target in ("binary", "three"):
            options = {"zipmap": False, "raw_scores": raw}
            for estimator in (m.LogisticRegression(), e.GradientBoostingClassifier(n_estimators=3)):
                add(f"{type(estimator).__name__}, {target}, raw scores {raw}", estimator, target, options)
    for target in ("binary", "words"):
        add(f"SVC, {target}", svm.SVC(kernel="linear"), target, {"zipmap": False})
        add(f"SVC, {target}, raw scores", svm.SVC(kernel="linear"), target, {"zipmap": False, "raw_scores": True})
        add(f"NuSVC, {target}", svm.NuSVC(kernel="linear"), target, {"zipmap": False})
    for target in ("binary", "three"):
        add(f"GaussianNB, {target}", naive_bayes.GaussianNB(), target, {"zipmap": False})
        add(f"BernoulliNB, {target}", naive_bayes.BernoulliNB(), target, {"zipmap": False})
        add(f"AdaBoostClassifier, {target}", e.AdaBoostClassifier(n_estimators=3), target, {"zipmap": False})
        add(f"Calibrated LinearSVC, {target}", calibration.CalibratedClassifierCV(svm.LinearSVC(), cv=2), target, {"zipmap": False})
        add(f"OneVsRest, {target}", multiclass.OneVsRestClassifier(m.LogisticRegression()), target, {"zipmap": False})
        add(f"Voting, {target}", e.VotingClassifier([("a", m.LogisticRegression()), ("b", tree.DecisionTreeClassifier(max_depth=2))], voting="soft", flatten_transform=False), target, {"zipmap": False})
        add(f"Stacking, {target}", e.StackingClassifier([("a", m.LogisticRegression()), ("b", naive_bayes.GaussianNB())], cv=2), target, {"zipmap": False})
    add("KMeans", cluster.KMeans(3, n_init=1), "value")
    for estimator in (m.LinearRegression(), m.Ridge(), svm.LinearSVR(), svm.SVR(kernel="linear"), tree.DecisionTreeRegressor(max_depth=3),
                      e.RandomForestRegressor(3, max_depth=3), e.GradientBoostingRegressor(n_estimators=3),
                      neural_network.MLPRegressor(hidden_layer_sizes=(4,), max_iter=50),
                      e.VotingRegressor([("a", m.Ridge()), ("b", tree.DecisionTreeRegressor(max_depth=2))])):
        add(type(estimator).__name__, estimator, "value")
    for estimator in (m.PoissonRegressor(), m.GammaRegressor(), m.TweedieRegressor(power=1.5)):
        add(type(estimator).__name__, estimator, "positive")
    return {"scikit-learn": sklearn.__version__, "skl2onnx": skl2onnx.__version__, "onnxruntime": onnxruntime.__version__}
