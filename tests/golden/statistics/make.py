"""Makes the reference values of this folder: python make.py (scikit-learn, scipy, statsmodels).

Random cases of metrics, tests of paired outcomes, bootstrap intervals and assignments; null stands for what is not finite.
"""
import json, math, os, warnings

import numpy as np
import scipy, sklearn, statsmodels
from scipy import optimize, stats
from sklearn import metrics
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests

warnings.simplefilter("ignore")
rng = np.random.default_rng(7)
FOLDER = os.path.dirname(os.path.abspath(__file__))
SOURCE = f"scikit-learn {sklearn.__version__}, scipy {scipy.__version__}, statsmodels {statsmodels.__version__}"


def clean(value):
    value = float(value)
    return value if math.isfinite(value) else None


def classification():
    cases = []
    for case in range(200):
        classes = int(rng.choice([2, 2, 3, 5]))
        n = int(rng.integers(1, 60))
        labels = rng.integers(0, classes, n)
        predicted = np.where(rng.random(n) < rng.random(), labels, rng.integers(0, classes, n))
        if case % 20 == 0: labels[:] = labels[0]
        if case % 20 == 1: predicted[:] = predicted[0]
        if case % 40 == 2: labels[:] = 0; predicted[:] = 0
        case = dict(labels="".join(map(str, labels)), predicted="".join(map(str, predicted)),
                    accuracy=clean(metrics.accuracy_score(labels, predicted)),
                    macroF1=clean(metrics.f1_score(labels, predicted, average="macro")),
                    matthews=clean(metrics.matthews_corrcoef(labels, predicted)))
        if classes == 2: case["f1"] = clean(metrics.f1_score(labels, predicted))
        cases.append(case)
    return cases


def correlation():
    cases = []
    for case in range(90):
        n = int(rng.integers(2, 25))
        x = rng.normal(size=n)
        y = rng.normal() * x + rng.normal(size=n)
        if case % 3 == 0: x, y = np.round(x), np.round(y)          # ties
        if case % 15 == 1: x = x * 1e-4 + 1e4                      # far from 0
        if case % 15 == 2: y[:] = 2.5                              # constant
        x, y = np.round(x, 6), np.round(y, 3)
        cases.append(dict(x=x.tolist(), y=y.tolist(), pearson=clean(stats.pearsonr(x, y)[0]), spearman=clean(stats.spearmanr(x, y)[0])))
    return cases


def paired_tests():
    counts = [(0, 0), (1, 0), (0, 5), (3, 3), (5, 0), (6, 0), (400, 331), (5000, 5210)]
    counts += [tuple(int(v) for v in rng.integers(0, hi, 2)) for hi in (10, 40, 200) for _ in range(16)]
    cases = []
    for b, c in counts:
        table = [[17, b], [c, 11]]
        corrected = mcnemar(table, exact=False, correction=True)
        cases.append(dict(firstOnly=b, secondOnly=c, exact=clean(mcnemar(table, exact=True).pvalue),
                          midP=clean(mcnemar(table, exact=True).pvalue - stats.binom.pmf(b, b + c, 0.5)) if b != c else 1.0,
                          statistic=clean(corrected.statistic), corrected=clean(corrected.pvalue),
                          sign=clean(stats.binomtest(b, b + c, 0.5).pvalue) if b + c else 1.0))
    holm = []
    for _ in range(20):
        p = np.round(rng.random(int(rng.integers(1, 9))) ** 3, 4)
        holm.append(dict(p=p.tolist(), adjusted=multipletests(p, method="holm")[1].tolist()))
    return dict(mcnemar=cases, holm=holm)


def distributions():
    z = [-37.5, -12, -5, -3.0001, -2.9999, -1.96, -0.3, 0, 1e-9, 0.7, 2.5, 6]
    p = [1e-300, 1e-20, 1e-6, 0.001, 0.025, 0.3, 0.5, 0.8, 0.975, 0.999999]
    t = [(d, l) for d in (0.7, 1, 2, 2.37, 5, 30.5, 1000, 99999) for l in (0.5, 0.9, 0.95, 0.999)]
    beta = [(float(np.round(rng.random(), 3)), float(np.round(rng.random() * s, 2) + 0.1), float(np.round(rng.random() * s, 2) + 0.1)) for s in (1, 10, 300) for _ in range(8)]
    return dict(normal=[[v, stats.norm.cdf(v)] for v in z], normalQuantile=[[v, stats.norm.ppf(v)] for v in p],
                studentQuantile=[[d, l, stats.t.ppf((1 + l) / 2, d)] for d, l in t],
                studentTails=[[v, d, 2 * stats.t.sf(v, d)] for v in (0, 0.4, 2.1, 9.5) for d in (1, 2.5, 40)],
                beta=[[x, a, b, stats.beta.cdf(x, a, b)] for x, a, b in beta])


def bootstrap():
    """scipy's own resamples with its intervals, of statistics of rows (first, second, third column)."""
    statistics = {
        "mean": (lambda a, axis=-1: np.mean(a, axis=axis), 1),
        "ratio": (lambda a, b, axis=-1: np.sum(a, axis=axis) / np.sum(b, axis=axis), 2),
        "pearsonDifference": (lambda a, b, y: np.corrcoef(a, y)[0, 1] - np.corrcoef(b, y)[0, 1], 3),
    }
    cases = []
    for name, (statistic, columns) in statistics.items():
        for n in (23, 61):
            y = rng.normal(size=n)
            rows = dict(mean=[rng.exponential(size=n)], ratio=[rng.exponential(size=n) * 5, rng.integers(1, 9, n) * 1.0],
                        pearsonDifference=[y + rng.normal(size=n), y + 0.6 * rng.normal(size=n), y])[name]
            rows = [np.round(row, 4) for row in rows]
            shared = dict(paired=True, vectorized=columns < 3, n_resamples=399)
            bca = stats.bootstrap(rows, statistic, method="BCa", rng=np.random.default_rng(3), **shared)
            percentile = stats.bootstrap(rows, statistic, method="percentile", rng=np.random.default_rng(3), **shared)
            assert (bca.bootstrap_distribution == percentile.bootstrap_distribution).all()
            student = student_offsets(percentile, n)
            cases.append(dict(statistic=name, rows=[row.tolist() for row in rows], distribution=percentile.bootstrap_distribution.tolist(),
                              percentile=list(map(clean, percentile.confidence_interval)), bca=list(map(clean, bca.confidence_interval)), student=student))
    return cases


def student_offsets(result, n):
    """Ends of the t interval beside the estimate: scipy's standard error, the end on the side of the skew moved by Johnson's correction."""
    t = stats.t.ppf(0.975, n - 1)
    error = np.sqrt(n / (n - 1)) * result.standard_error
    moved = stats.skew(result.bootstrap_distribution) / 6 * (1 + 2 * t**2)
    return [clean(-error * (t - min(0, moved))), clean(error * (t + max(0, moved)))]


def tango():
    """Ends of the score interval of a paired difference of shares, the likelihood maximised numerically, without its closed form."""
    def score(b, c, n, difference):
        def loss(q):  # q the share that the second alone has right
            shares = [(b, q + difference), (c, q), (n - b - c, 1 - 2 * q - difference)]
            return -sum(count * math.log(max(share, 1e-300)) for count, share in shares if count)
        q = optimize.minimize_scalar(loss, bounds=(max(0, -difference), (1 - difference) / 2), method="bounded", options=dict(xatol=1e-13)).x
        variance = n * (2 * q + difference - difference**2)
        return (b - c - n * difference) / math.sqrt(max(variance, 1e-300))

    cases = []
    for b, c, n in [(1, 7, 21), (0, 0, 100), (0, 4, 30), (12, 2, 211), (60, 41, 400), (30, 0, 30), (5, 5, 50), (3, 1, 5), (90, 120, 2000)]:
        for level in (0.95, 0.9):
            z, estimate = stats.norm.ppf((1 + level) / 2), (b - c) / n
            low = optimize.brentq(lambda d: score(b, c, n, d) - z, -1 + 1e-9, estimate - 1e-9) if estimate > -1 else -1
            high = optimize.brentq(lambda d: score(b, c, n, d) + z, estimate + 1e-9, 1 - 1e-9) if estimate < 1 else 1
            cases.append(dict(firstOnly=b, secondOnly=c, examples=n, level=level, low=clean(low), high=clean(high),
                              pValue=clean(mcnemar([[9, b], [c, 9]], exact=False, correction=False).pvalue) if b + c else 1.0))
    return cases


def assignment():
    cases = []
    for case in range(60):
        rows, columns = (int(v) for v in rng.integers(1, 14, 2))
        weights = rng.integers(-3, 4, (rows, columns)) if case % 2 else np.round(rng.normal(size=(rows, columns)), 3)
        r, c = optimize.linear_sum_assignment(weights, maximize=True)
        cases.append(dict(rows=rows, columns=columns, weights=weights.ravel().tolist(), sum=clean(weights[r, c].sum()),
                          columnOfRow=[int(c[list(r).index(i)]) if i in r else -1 for i in range(rows)]))
    return cases


for name, make in dict(classification=classification, correlation=correlation, pairedTests=paired_tests, distributions=distributions,
                       bootstrap=bootstrap, assignment=assignment, tango=tango).items():
    file = "".join("-" + ch.lower() if ch.isupper() else ch for ch in name)
    with open(os.path.join(FOLDER, f"{file}.json"), "w") as out:
        json.dump(dict(source=SOURCE, cases=make()), out, separators=(",", ":"), allow_nan=False)
