"""Rows and targets that models are trained and recorded on: random numbers of four decimals and small sets."""

import numpy as np


class Data:
    """Sixty rows to train on, and the first thirty-two, which are recorded; four features, the last a category 0 to 4."""

    def __init__(self, seed=0, missing=False):
        rng = np.random.default_rng(seed)
        x = np.round(rng.normal(size=(60, 4)), 3)
        x[:, 3] = rng.integers(0, 5, 60)
        signal = x[:, 0] - 0.7 * x[:, 1] + 0.4 * (x[:, 3] == 2) + 0.3 * rng.normal(size=60)
        if missing:
            x[:, :3][rng.random((60, 3)) < 0.2] = np.nan
        self.x = x
        self.value = np.round(signal, 3)
        self.positive = np.round(np.exp(0.6 * signal), 3)
        self.count = rng.poisson(np.exp(0.6 * signal))
        self.binary = (signal > 0).astype(int)
        self.three = np.digitize(signal, [-0.5, 0.6])
        self.share = np.round(1 / (1 + np.exp(-signal)), 3)

    @property
    def rows(self):
        return self.x[:32]
