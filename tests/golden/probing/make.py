"""Writes logistic.json: scikit-learn's logistic regressions (lbfgs) with the settings of SAEBench's sparse probing, and the same with a smaller tolerance.

    pip install scikit-learn
    python tests/golden/probing/make.py
"""

import json
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

here = Path(__file__).parent
random = np.random.default_rng(0)


def features(kind, rows, columns, labels):
    shown = labels[:, None] * random.normal(size=columns)
    if kind == "sparse":  # Means of activations over a text: small, and often 0.
        return np.maximum(random.normal(size=(rows, columns)) + shown - 0.5, 0) / 5
    if kind == "uneven":  # Channels of a residual stream: one is much larger than all others.
        return (random.normal(size=(rows, columns)) + shown) * np.geomspace(0.02, 20, columns) + 3
    if kind == "separable":
        return random.normal(size=(rows, columns)) / 4 + 2 * shown
    plain = random.normal(size=(rows, columns)) + shown
    return np.repeat(plain[::2], 2, axis=0) if kind == "repeated" else plain


def case(kind, positives, negatives, columns, c):
    labels = np.r_[np.ones(positives), np.zeros(negatives)].astype(int)
    x = features(kind, len(labels), columns, labels).astype(np.float32).astype(np.float64).round(4)

    def fit(**settings):
        probe = LogisticRegression(C=c, **settings).fit(x, labels)
        return {
            "weights": probe.coef_[0].tolist(),
            "intercept": float(probe.intercept_[0]),
            "probabilities": probe.predict_proba(x)[:, 1].tolist(),
        }

    return {
        "kind": kind,
        "c": c,
        "features": x.tolist(),
        "labels": labels.astype(bool).tolist(),
        # SAEBench: lbfgs and max_iter=1000, all else by default.
        "asSaeBench": {"probabilities": fit(max_iter=1000)["probabilities"]},
        "toTheEnd": fit(max_iter=100_000, tol=1e-10),
    }


cases = [
    case("plain", 20, 20, 3, 1),
    case("plain", 5, 60, 2, 1),
    case("plain", 40, 40, 5, 0.01),
    case("plain", 40, 40, 5, 100),
    case("sparse", 40, 40, 1, 1),
    case("sparse", 40, 40, 20, 1),
    case("sparse", 12, 12, 120, 1),
    case("repeated", 10, 10, 100, 1),
    case("uneven", 40, 40, 10, 1),
    case("uneven", 15, 15, 40, 1),
    case("separable", 20, 20, 4, 1),
]
(here / "logistic.json").write_text(json.dumps(cases) + "\n")
