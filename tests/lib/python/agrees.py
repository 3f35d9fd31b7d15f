"""Holds what stat-values prints against scipy and ddsketch: to 1e-9, relative or absolute. Prints the number of values a kind, or what differs."""
import collections
import math
import sys

import numpy
from ddsketch import DDSketch
from scipy import special, stats


def binned(values):
    """The values as bins of the other implementation, which are the logarithms that tests work on; zeros lowest."""
    sketch = DDSketch(0.01)
    return [sketch._mapping.key(v) if v > 0 else -10**6 for v in values]


def samples(numbers):
    n = int(numbers[0])
    return numbers[1:n + 1], numbers[n + 2:]


def wilson(hits, n):
    i = stats.binomtest(int(hits), int(n)).proportion_ci(0.95, 'wilson')
    return i.low, i.high


def newcombe(a, n, b, m):
    (l1, u1), (l2, u2), p, q = wilson(a, n), wilson(b, m), a / n, b / m
    return p - q - math.hypot(p - l1, u2 - q), p - q + math.hypot(u1 - p, q - l2)


def two_samples(*numbers):
    x, y = map(binned, samples(numbers))
    ranks = stats.mannwhitneyu(x, y, use_continuity=False, method='asymptotic')
    steps = stats.ks_2samp(x, y)
    en = len(x) * len(y) / (len(x) + len(y))
    logs_x, logs_y = ([k for k in v if k > -10**6] for v in (x, y))
    means = stats.ttest_ind(logs_x, logs_y, equal_var=False)
    gamma = DDSketch(0.01)._mapping.gamma
    return (ranks.statistic / len(x) / len(y), ranks.pvalue, steps.statistic, special.kolmogorov(steps.statistic * math.sqrt(en)),
            gamma ** (numpy.mean(logs_x) - numpy.mean(logs_y)), means.pvalue)


def percentiles(*numbers):
    sketch = DDSketch(0.01)
    for v in samples(numbers)[0]:
        sketch.add(v)
    # of 101 values: the percentile p is the value with p below it; half a rank more keeps clear of rounding
    return [sketch.get_quantile_value(min(p + 0.5, 100) / 100) for p in range(1, 101)]


def proportions(a, n, b, m):
    if a + b in (0, n + m):
        return [1]
    return [stats.chi2_contingency([[a, n - a], [b, m - b]], correction=False).pvalue]


def tails(x, df):
    return 2 * stats.norm.sf(x), 2 * stats.t.sf(x, df), stats.chi2.sf(x * df / 3, df), special.kolmogorov(x / 2)


others = {
    'wilson': wilson, 'newcombe': newcombe, 'proportions': proportions, 'samples': two_samples, 'percentiles': percentiles, 'tails': tails,
    'fisher': lambda a, b, c, d: [stats.fisher_exact([[int(a), int(b)], [int(c), int(d)]]).pvalue],
    'adjusted': lambda *p: stats.false_discovery_control(p),
}
compared, wrong = collections.Counter(), 0
for line in sys.stdin:
    name, given = line.split(' ', 1)
    inputs, outputs = ([float(v) for v in part.split()] for part in given.split('='))
    for ours, theirs in zip(outputs, others[name](*inputs), strict=True):
        compared[name] += 1
        if not math.isclose(ours, theirs, rel_tol=1e-9, abs_tol=1e-12):
            wrong += 1
            print(f'{name}: {ours} here, {theirs} there: {line[:200]}')
print(' '.join(f'{name} {n}' for name, n in sorted(compared.items())))
sys.exit(wrong > 0)
