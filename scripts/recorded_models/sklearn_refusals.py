"""What export_sklearn.py says of models that it refuses: it names the estimator and what to use instead."""

import numpy as np
from sklearn import (calibration, cluster, compose, covariance, decomposition, dummy, ensemble, gaussian_process, impute, isotonic,
                     kernel_approximation, kernel_ridge, linear_model, manifold, mixture, multiclass, multioutput, neighbors,
                     neural_network, pipeline, preprocessing, semi_supervised, svm, tree)

from export_sklearn import NotExportable, describe

from .data import Data

TREE, LOGISTIC, RIDGE = tree.DecisionTreeClassifier(max_depth=2), linear_model.LogisticRegression(), linear_model.Ridge()


def estimators(data):
    """Pairs of an estimator and its target, None where it takes none."""
    value, binary, three = data.value, data.binary, data.three
    flags, pair = np.stack([binary, data.count > 1], 1).astype(int), np.stack([value, data.share], 1)
    mixed = np.stack([binary, three], 1)
    e, c, g, n = ensemble, cluster, gaussian_process, neighbors
    yield from [
        (e.VotingClassifier([("a", LOGISTIC), ("b", TREE)], voting="hard"), three),
        (e.AdaBoostRegressor(n_estimators=2), value), (e.AdaBoostClassifier(LOGISTIC, n_estimators=2), three),
        (e.GradientBoostingClassifier(n_estimators=2, init=LOGISTIC), binary), (e.GradientBoostingRegressor(n_estimators=2, init=RIDGE), value),
        (e.RandomForestClassifier(2), mixed), (e.BaggingClassifier(svm.LinearSVC(), 2), three), (e.BaggingClassifier(svm.SVC(), 2), binary),
        (e.StackingRegressor([("a", RIDGE), ("b", svm.SVR())], cv=2), value), (e.VotingRegressor([("a", RIDGE), ("b", svm.SVR())]), value),
        (svm.SVC(kernel="linear"), three), (svm.SVC(), binary), (svm.NuSVC(kernel="poly"), binary), (svm.SVR(kernel="sigmoid"), value),
        (svm.OneClassSVM(), None), (calibration.CalibratedClassifierCV(svm.SVC(), cv=2), binary),
        (multiclass.OneVsOneClassifier(LOGISTIC), three), (multiclass.OutputCodeClassifier(LOGISTIC), three),
        (multioutput.ClassifierChain(LOGISTIC), flags), (multioutput.RegressorChain(RIDGE), pair), (multioutput.MultiOutputClassifier(TREE), mixed),
        (g.GaussianProcessRegressor(), value), (g.GaussianProcessClassifier(), binary), (kernel_ridge.KernelRidge(), value),
        (n.RadiusNeighborsRegressor(5), value), (n.RadiusNeighborsClassifier(5), binary), (n.LocalOutlierFactor(novelty=True), None),
        (n.KNeighborsClassifier(metric="cosine"), binary), (n.KNeighborsRegressor(weights=lambda d: d), value), (n.KNeighborsClassifier(), mixed),
        (mixture.GaussianMixture(2), None), (mixture.BayesianGaussianMixture(n_components=2), None), (covariance.EllipticEnvelope(), None),
        (semi_supervised.LabelPropagation(), binary), (semi_supervised.LabelSpreading(), binary),
        (dummy.DummyClassifier(), binary), (dummy.DummyRegressor(), value), (neural_network.BernoulliRBM(2), None),
        (c.DBSCAN(), None), (c.HDBSCAN(), None), (c.OPTICS(), None), (c.AgglomerativeClustering(2), None), (c.SpectralClustering(2), None),
        (c.Birch(n_clusters=3), None), (c.BisectingKMeans(3), None), (decomposition.PCA(2), None), (preprocessing.StandardScaler(), None),
        (compose.TransformedTargetRegressor(RIDGE, transformer=preprocessing.QuantileTransformer(n_quantiles=9)), value),
        (compose.TransformedTargetRegressor(RIDGE, func=abs, inverse_func=abs), value),
    ]
    p, k, d = preprocessing, kernel_approximation, decomposition
    for transformer in (p.QuantileTransformer(n_quantiles=10), p.SplineTransformer(), p.FunctionTransformer(abs), k.RBFSampler(), k.Nystroem(),
                        k.PolynomialCountSketch(), k.AdditiveChi2Sampler(), k.SkewedChi2Sampler(), impute.KNNImputer(), d.KernelPCA(2, kernel="rbf"),
                        d.NMF(2), d.MiniBatchNMF(2), d.LatentDirichletAllocation(2), d.DictionaryLearning(2), d.MiniBatchDictionaryLearning(2),
                        e.RandomTreesEmbedding(2), manifold.Isomap(), manifold.LocallyLinearEmbedding(), cluster.KMeans(2)):
        yield pipeline.make_pipeline(transformer, RIDGE), value


def refusals():
    """The message for each model, by what the model is."""
    data, messages = Data(51), {}
    data.x = np.abs(data.x)
    for model, target in estimators(data):
        if "random_state" in model.get_params():
            model.set_params(random_state=0)
        model.fit(data.x) if target is None else model.fit(data.x, target)
        steps = [one for _, one in model.steps] if hasattr(model, "steps") else [model]
        name = type(steps[0]).__name__
        try:
            describe(model)
        except NotExportable as error:
            assert name in str(error), f"{name} is not named: {error}"
            messages[name if name not in messages else f"{name} {len(messages)}"] = str(error)
        else:
            raise AssertionError(f"{name} is exported")
    # A model of one column.
    try:
        describe(isotonic.IsotonicRegression().fit(data.x[:, 0], data.value))
    except NotExportable as error:
        messages["IsotonicRegression"] = str(error)
    return messages
