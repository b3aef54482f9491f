"""scikit-learn by export_sklearn.py: every estimator and transformer that is exported."""

import json
import warnings

import numpy as np
import sklearn
from sklearn import (calibration, cluster, compose, cross_decomposition, decomposition, discriminant_analysis, ensemble,
                     feature_selection, impute, linear_model, model_selection, multiclass, multioutput, naive_bayes, neighbors,
                     neural_network, pipeline, preprocessing, random_projection, semi_supervised, svm, tree)

from export_sklearn import describe

from .data import Data
from .sklearn_refusals import refusals

WORDS = np.array(["no", "yes"])


def record(recording):
    warnings.simplefilter("ignore")
    sets = {"numbers": Data(11), "missing": Data(12, missing=True)}
    above = Data(13)
    above.x = np.round(np.exp(0.5 * above.x[:, [0, 1, 2, 2]]), 3)
    sets["positive"] = above
    codes = Data(14)
    codes.x = np.random.default_rng(14).integers(0, 4, (60, 4)).astype(float)
    codes.x[:8, 1] = [0, 1, 2, 3, 0, 1, 2, 3]
    sets["codes"] = codes
    holes = Data(15)
    holes.x = codes.x.copy()
    holes.x[3::7, 0] = np.nan
    sets["codes with holes"] = holes
    wide = Data(16)
    wide.x[:, 2] = np.round(wide.x[:, 2] * 1000)
    sets["wide"] = wide
    for name, data in sets.items():
        data.pair = np.stack([data.value, data.share], axis=1)
        data.flags = np.stack([data.binary, data.count > 1], axis=1).astype(int)
        data.words = WORDS[data.binary]
        recording.keep(name, data.rows)

    def add(name, model, target, rows="numbers", y=None):
        data = sets[rows]
        if "random_state" in model.get_params() and model.random_state is None:
            model.set_params(random_state=0)
        model.fit(data.x, getattr(data, target) if y is None else y)
        x = data.rows
        described = describe(model)
        labels = None
        if described["scores"] == "values":
            scores = model.predict(x)
        elif isinstance(model, (cluster.KMeans, cluster.MiniBatchKMeans, cluster.MeanShift, cluster.AffinityPropagation, neighbors.NearestCentroid)):
            labels = model.predict(x)
            scores = np.eye(labels.max() + 1 if isinstance(model, neighbors.NearestCentroid) else len(model.cluster_centers_))[labels]
        else:
            if described["scores"] == "logits" or not hasattr(model, "predict_proba"):
                scores = model.decision_function(x) if hasattr(model, "decision_function") else None
            else:
                scores = model.predict_proba(x)
            if isinstance(scores, list):
                scores = np.stack([one[:, 1] for one in scores], axis=1)
            labels = None if described.get("separate") else model.predict(x)
            if scores is None:
                scores = np.eye(len(model.classes_))[np.searchsorted(model.classes_, labels)]
            if "threshold" in described and described["scores"] == "probabilities":
                scores = scores[:, 1]
        recording.add(name, json.dumps(described, separators=(",", ":")), rows, np.reshape(scores, (len(x), -1)), labels)

    linear(add)
    classes(add)
    trees(add)
    others(add)
    composed(add)
    transformed(add)
    recording.refusals = refusals()
    return {"scikit-learn": sklearn.__version__}


def linear(add):
    m = linear_model
    for estimator in (m.LinearRegression(), m.Ridge(), m.Lasso(0.1), m.ElasticNet(0.1), m.SGDRegressor(), m.HuberRegressor(),
                      m.BayesianRidge(), m.ARDRegression(), m.Lars(), m.LassoLars(0.05), m.LassoLarsIC(), m.RidgeCV(),
                      m.OrthogonalMatchingPursuit(), m.QuantileRegressor(alpha=0.01), m.TheilSenRegressor(), m.RANSACRegressor(),
                      svm.LinearSVR(), svm.SVR(kernel="linear"), svm.NuSVR(kernel="linear"), m.PassiveAggressiveRegressor()):
        add(type(estimator).__name__, estimator, "value")
    for estimator in (m.PoissonRegressor(), m.GammaRegressor(), m.TweedieRegressor(power=1.5), m.TweedieRegressor(power=0), m.TweedieRegressor(power=2, link="log")):
        add(f"{type(estimator).__name__} {getattr(estimator, 'power', '')} {getattr(estimator, 'link', '')}", estimator, "positive")
    for estimator in (m.LinearRegression(), m.Ridge(), m.MultiTaskLasso(0.1), cross_decomposition.PLSRegression(2), cross_decomposition.CCA(1), cross_decomposition.PLSCanonical(1)):
        add(f"{type(estimator).__name__}, two values", estimator, "pair")
    add("PLSRegression", cross_decomposition.PLSRegression(2), "value")
    for target in ("binary", "three", "words"):
        for estimator in (m.LogisticRegression(), m.LogisticRegressionCV(cv=3), m.RidgeClassifier(), m.SGDClassifier(),
                          m.SGDClassifier(loss="log_loss"), m.Perceptron(), svm.LinearSVC(), m.PassiveAggressiveClassifier(),
                          discriminant_analysis.LinearDiscriminantAnalysis(),
                          discriminant_analysis.LinearDiscriminantAnalysis(solver="lsqr", shrinkage=0.3)):
            if target == "words" and not isinstance(estimator, (m.LogisticRegression, svm.LinearSVC)):
                continue
            add(f"{type(estimator).__name__} {getattr(estimator, 'loss', '')}{getattr(estimator, 'solver', '')}, {target}", estimator, target)
    add("LogisticRegression, liblinear", m.LogisticRegression(solver="liblinear", class_weight="balanced"), "binary")
    add("SVC", svm.SVC(kernel="linear"), "binary")
    add("SVC, words", svm.SVC(kernel="linear"), "words")
    add("SVC with probabilities", svm.SVC(kernel="linear", probability=True), "binary")
    add("NuSVC", svm.NuSVC(kernel="linear"), "binary")
    add("OneClassSVM", svm.OneClassSVM(kernel="linear", nu=0.3), "value")
    add("SGDOneClassSVM", m.SGDOneClassSVM(nu=0.3), "value")


def classes(add):
    n = naive_bayes
    for target in ("binary", "three"):
        add(f"GaussianNB, {target}", n.GaussianNB(), target)
        add(f"GaussianNB of wide features, {target}", n.GaussianNB(), target, "wide")
        add(f"BernoulliNB, {target}", n.BernoulliNB(binarize=0.1), target)
        add(f"BernoulliNB of 0 and 1, {target}", pipeline.make_pipeline(preprocessing.Binarizer(threshold=0.2), n.BernoulliNB(binarize=None)), target)
        add(f"MultinomialNB, {target}", n.MultinomialNB(), target, "positive")
        add(f"ComplementNB, {target}", n.ComplementNB(), target, "positive")
        add(f"CategoricalNB, {target}", n.CategoricalNB(), target, "codes")
        add(f"QuadraticDiscriminantAnalysis, {target}", discriminant_analysis.QuadraticDiscriminantAnalysis(reg_param=0.1), target)


def trees(add):
    t, e = tree, ensemble
    for rows in ("numbers", "missing"):
        for target in ("binary", "three"):
            add(f"DecisionTreeClassifier, {target}, {rows}", t.DecisionTreeClassifier(max_depth=3), target, rows)
            add(f"RandomForestClassifier, {target}, {rows}", e.RandomForestClassifier(3, max_depth=3), target, rows)
            add(f"HistGradientBoostingClassifier, {target}, {rows}", e.HistGradientBoostingClassifier(max_iter=3, min_samples_leaf=5), target, rows)
        add(f"DecisionTreeRegressor, {rows}", t.DecisionTreeRegressor(max_depth=3), "value", rows)
        add(f"RandomForestRegressor, {rows}", e.RandomForestRegressor(3, max_depth=3), "value", rows)
        add(f"HistGradientBoostingRegressor, {rows}", e.HistGradientBoostingRegressor(max_iter=3, min_samples_leaf=5), "value", rows)
    add("ExtraTreeClassifier", t.ExtraTreeClassifier(max_depth=3), "three")
    add("ExtraTreeRegressor", t.ExtraTreeRegressor(max_depth=3), "value")
    add("ExtraTreesClassifier", e.ExtraTreesClassifier(3, max_depth=3), "words")
    add("ExtraTreesRegressor", e.ExtraTreesRegressor(3, max_depth=3), "value")
    add("DecisionTreeClassifier without depth", t.DecisionTreeClassifier(), "three")
    add("DecisionTreeRegressor, two values", t.DecisionTreeRegressor(max_depth=2), "pair")
    add("RandomForestRegressor, two values", e.RandomForestRegressor(2, max_depth=2), "pair")
    for loss in ("log_loss", "exponential"):
        add(f"GradientBoostingClassifier, {loss}", e.GradientBoostingClassifier(n_estimators=3, loss=loss), "binary")
    add("GradientBoostingClassifier, three", e.GradientBoostingClassifier(n_estimators=3), "three")
    add("GradientBoostingClassifier, zero init", e.GradientBoostingClassifier(n_estimators=3, init="zero"), "binary")
    for loss in ("squared_error", "absolute_error", "huber", "quantile"):
        add(f"GradientBoostingRegressor, {loss}", e.GradientBoostingRegressor(n_estimators=3, loss=loss, max_depth=2), "value")
    for loss, target in (("absolute_error", "value"), ("gamma", "positive"), ("poisson", "count"), ("quantile", "value")):
        quantile = {"quantile": 0.7} if loss == "quantile" else {}
        add(f"HistGradientBoostingRegressor, {loss}", e.HistGradientBoostingRegressor(max_iter=3, loss=loss, min_samples_leaf=5, **quantile), target)
    for rows in ("numbers", "missing"):
        add(f"HistGradientBoostingRegressor with categories, {rows}", e.HistGradientBoostingRegressor(max_iter=3, min_samples_leaf=4, categorical_features=[3]), "value", rows)
    add("HistGradientBoostingClassifier of categories", e.HistGradientBoostingClassifier(max_iter=3, min_samples_leaf=4, categorical_features=[0, 2]), "three", "codes with holes")
    for target in ("binary", "three"):
        add(f"AdaBoostClassifier, {target}", e.AdaBoostClassifier(n_estimators=5), target)
        add(f"AdaBoostClassifier over deeper trees, {target}", e.AdaBoostClassifier(t.DecisionTreeClassifier(max_depth=2), n_estimators=4), target)
    add("IsolationForest", e.IsolationForest(n_estimators=4, max_samples=24), "value")
    add("IsolationForest, some features", e.IsolationForest(n_estimators=4, max_samples=16, max_features=0.6, contamination=0.2), "value")


def others(add):
    n = neighbors
    for target in ("binary", "three"):
        add(f"KNeighborsClassifier, {target}", n.KNeighborsClassifier(5), target)
    add("KNeighborsClassifier by distance", n.KNeighborsClassifier(3, weights="distance"), "words")
    add("KNeighborsClassifier, Manhattan", n.KNeighborsClassifier(4, p=1), "three")
    add("KNeighborsRegressor", n.KNeighborsRegressor(3), "value")
    add("KNeighborsRegressor, two values", n.KNeighborsRegressor(3, weights="distance"), "pair")
    add("NearestCentroid", n.NearestCentroid(), "three")
    add("nearest neighbours of components", pipeline.make_pipeline(n.NeighborhoodComponentsAnalysis(2, random_state=0), n.KNeighborsClassifier(3)), "three")
    add("KMeans", cluster.KMeans(4, n_init=1), "value")
    add("MiniBatchKMeans", cluster.MiniBatchKMeans(3, n_init=1), "value")
    add("MeanShift", cluster.MeanShift(bandwidth=2), "value")
    add("AffinityPropagation", cluster.AffinityPropagation(), "value")
    net = neural_network
    for target in ("binary", "three", "flags"):
        add(f"MLPClassifier, {target}", net.MLPClassifier((5,), max_iter=60), target)
    add("MLPClassifier, tanh", net.MLPClassifier((5, 4), activation="tanh", max_iter=60), "binary")
    add("MLPClassifier, logistic", net.MLPClassifier((5,), activation="logistic", max_iter=60), "three")
    add("MLPClassifier, identity", net.MLPClassifier((3,), activation="identity", max_iter=60), "binary")
    add("MLPRegressor", net.MLPRegressor(hidden_layer_sizes=(5,), max_iter=60), "value")
    add("MLPRegressor, Poisson", net.MLPRegressor(loss="poisson", hidden_layer_sizes=(4,), max_iter=60), "count")
    add("MLPRegressor, two values", net.MLPRegressor(hidden_layer_sizes=(5,), max_iter=60), "pair")


def composed(add):
    m, e = linear_model, ensemble
    logistic, forest = m.LogisticRegression(), e.RandomForestClassifier(2, max_depth=2, random_state=0)
    for target in ("binary", "three"):
        add(f"OneVsRest of logistic regressions, {target}", multiclass.OneVsRestClassifier(logistic), target)
        add(f"OneVsRest of LinearSVC, {target}", multiclass.OneVsRestClassifier(svm.LinearSVC()), target)
        add(f"OneVsRest of forests, {target}", multiclass.OneVsRestClassifier(forest), target)
        add(f"OneVsRest of boosting, {target}", multiclass.OneVsRestClassifier(e.GradientBoostingClassifier(n_estimators=2)), target)
        add(f"Voting, {target}", e.VotingClassifier([("a", logistic), ("b", forest), ("c", naive_bayes.GaussianNB())], voting="soft", weights=[1, 2, 1]), target)
        add(f"Bagging of trees, {target}", e.BaggingClassifier(n_estimators=3, max_features=0.7), target)
        add(f"Bagging of logistic regressions, {target}", e.BaggingClassifier(logistic, n_estimators=3, max_features=0.7), target)
        for method in ("sigmoid", "isotonic", "temperature"):
            add(f"Calibrated LinearSVC, {method}, {target}", calibration.CalibratedClassifierCV(svm.LinearSVC(), method=method, cv=2), target)
            if method != "temperature":
                add(f"Calibrated forest, {method}, {target}", calibration.CalibratedClassifierCV(forest, method=method, cv=2), target)
        add(f"Calibrated GaussianNB without ensemble, {target}", calibration.CalibratedClassifierCV(naive_bayes.GaussianNB(), cv=2, ensemble=False), target)
        stack = [("a", logistic), ("b", svm.LinearSVC()), ("c", forest)]
        add(f"Stacking, {target}", e.StackingClassifier(stack, cv=2), target)
        add(f"Stacking, passthrough, {target}", e.StackingClassifier(stack[:2], cv=2, passthrough=True), target)
    add("Voting, words", e.VotingClassifier([("a", logistic), ("b", forest)], voting="soft"), "words")
    add("OneVsRest, flags", multiclass.OneVsRestClassifier(logistic), "flags")
    add("MultiOutputClassifier", multioutput.MultiOutputClassifier(logistic), "flags")
    add("MultiOutputRegressor", multioutput.MultiOutputRegressor(m.Ridge()), "pair")
    add("MultiOutputRegressor of boosting", multioutput.MultiOutputRegressor(e.GradientBoostingRegressor(n_estimators=2)), "pair")
    add("VotingRegressor", e.VotingRegressor([("a", m.Ridge()), ("b", tree.DecisionTreeRegressor(max_depth=2))], weights=[2, 1]), "value")
    add("Bagging of regression trees", e.BaggingRegressor(tree.DecisionTreeRegressor(max_depth=3), n_estimators=3), "value")
    add("Bagging of ridge", e.BaggingRegressor(m.Ridge(), n_estimators=3, max_features=0.7), "value")
    add("StackingRegressor", e.StackingRegressor([("a", m.Ridge()), ("b", tree.DecisionTreeRegressor(max_depth=2))], cv=2), "value")
    add("GridSearchCV", model_selection.GridSearchCV(pipeline.make_pipeline(preprocessing.StandardScaler(), logistic), {"logisticregression__C": [0.1, 1]}, cv=2), "binary")
    add("SelfTraining", semi_supervised.SelfTrainingClassifier(logistic), "three")
    add("FixedThreshold", model_selection.FixedThresholdClassifier(logistic, threshold=0.3), "binary")
    add("FixedThreshold of scores", model_selection.FixedThresholdClassifier(svm.LinearSVC(), threshold=0.4, response_method="decision_function"), "words")
    add("TunedThreshold", model_selection.TunedThresholdClassifierCV(logistic, cv=2), "binary")
    target = compose.TransformedTargetRegressor
    add("target, scaled", target(m.Ridge(), transformer=preprocessing.StandardScaler()), "value")
    add("target, logarithm", target(m.Ridge(), func=np.log, inverse_func=np.exp), "positive")
    add("target, minimum and maximum", target(e.RandomForestRegressor(2, max_depth=2), transformer=preprocessing.MinMaxScaler()), "value")


def transformed(add):
    p = preprocessing
    ridge, logistic, forest = linear_model.Ridge(), linear_model.LogisticRegression(), ensemble.RandomForestClassifier(2, max_depth=3, random_state=0)

    def both(name, transformer, rows="numbers"):
        add(f"{name}, ridge", pipeline.make_pipeline(transformer, ridge), "value", rows)
        add(f"{name}, forest", pipeline.make_pipeline(transformer, forest), "three", rows)

    both("StandardScaler", p.StandardScaler())
    both("MinMaxScaler", p.MinMaxScaler((-1, 2)))
    both("MinMaxScaler, clip", pipeline.make_pipeline(feature_selection.SelectKBest(k=3), p.MinMaxScaler(clip=True)))
    both("MaxAbsScaler", p.MaxAbsScaler())
    both("RobustScaler", p.RobustScaler())
    for norm in ("l1", "l2", "max"):
        both(f"Normalizer {norm}", p.Normalizer(norm))
    both("PolynomialFeatures", p.PolynomialFeatures(2))
    both("PolynomialFeatures, interactions", p.PolynomialFeatures(3, interaction_only=True, include_bias=False))
    for encode in ("onehot", "onehot-dense", "ordinal"):
        both(f"KBinsDiscretizer, {encode}", p.KBinsDiscretizer(4, encode=encode, strategy="uniform"))
    both("KBinsDiscretizer, quantiles", p.KBinsDiscretizer(3, encode="ordinal"))
    both("PowerTransformer", p.PowerTransformer())
    both("PowerTransformer, box-cox", p.PowerTransformer("box-cox", standardize=False), "positive")
    both("Binarizer", p.Binarizer(threshold=0.3))
    both("FunctionTransformer", p.FunctionTransformer(np.log1p), "positive")
    both("SelectKBest", feature_selection.SelectKBest(k=2))
    both("VarianceThreshold", feature_selection.VarianceThreshold(0.9))
    both("PCA", decomposition.PCA(2))
    both("PCA, whiten", decomposition.PCA(3, whiten=True))
    both("TruncatedSVD", decomposition.TruncatedSVD(2, random_state=0))
    both("FastICA", decomposition.FastICA(2, random_state=0))
    both("FeatureAgglomeration", cluster.FeatureAgglomeration(2))
    both("FactorAnalysis", decomposition.FactorAnalysis(2, random_state=0))
    both("GaussianRandomProjection", random_projection.GaussianRandomProjection(3, random_state=0))
    both("LinearDiscriminantAnalysis", pipeline.make_pipeline(p.KBinsDiscretizer(3, encode="ordinal"), p.StandardScaler()))
    add("LinearDiscriminantAnalysis, transform", pipeline.make_pipeline(discriminant_analysis.LinearDiscriminantAnalysis(), logistic), "three")
    for strategy in ("mean", "median", "most_frequent", "constant"):
        both(f"SimpleImputer {strategy}", impute.SimpleImputer(strategy=strategy), "missing")
    both("SimpleImputer, indicator", impute.SimpleImputer(add_indicator=True), "missing")
    for rows in ("codes", "codes with holes"):
        both(f"OneHotEncoder, {rows}", p.OneHotEncoder(handle_unknown="ignore"), rows)
        both(f"OneHotEncoder that refuses, {rows}", p.OneHotEncoder(), rows)
        both(f"OneHotEncoder, drop first, {rows}", p.OneHotEncoder(drop="first"), rows)
        both(f"OneHotEncoder, drop if binary, {rows}", p.OneHotEncoder(drop="if_binary", handle_unknown="ignore"), rows)
        both(f"OneHotEncoder, infrequent, {rows}", p.OneHotEncoder(min_frequency=15, handle_unknown="infrequent_if_exist"), rows)
    both("OrdinalEncoder", p.OrdinalEncoder(), "codes")
    both("OrdinalEncoder, unknown", p.OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1, encoded_missing_value=-2), "codes with holes")
    add("TargetEncoder", pipeline.make_pipeline(p.TargetEncoder(cv=2, random_state=0), ridge), "value", "codes with holes")
    add("TargetEncoder, three", pipeline.make_pipeline(p.TargetEncoder(cv=2, random_state=0), logistic), "three", "codes")
    union = pipeline.make_union(p.StandardScaler(), p.PolynomialFeatures(2, include_bias=False), decomposition.PCA(2))
    both("FeatureUnion", union)
    columns = compose.make_column_transformer((p.StandardScaler(), [0, 1]), (p.OneHotEncoder(handle_unknown="ignore"), [3]), ("passthrough", slice(2, 3)))
    both("ColumnTransformer", columns)
    nested = compose.make_column_transformer((pipeline.make_pipeline(impute.SimpleImputer(), p.KBinsDiscretizer(3)), [0, 1]), (p.OrdinalEncoder(), [3]), remainder=impute.SimpleImputer(strategy="median"))
    both("ColumnTransformer of pipelines", nested, "missing")
    add("scaled k-nearest neighbours", pipeline.make_pipeline(p.StandardScaler(), neighbors.KNeighborsClassifier(3)), "three")
    add("scaled perceptron", pipeline.make_pipeline(p.StandardScaler(), neural_network.MLPClassifier((4,), max_iter=50, random_state=0)), "binary")
    add("scaled naive Bayes", pipeline.make_pipeline(p.PowerTransformer(), naive_bayes.GaussianNB()), "three")
