"""Serves this bundle in LIT, on this machine alone, and changes nothing: python demo.py, then open http://127.0.0.1:5432.

MANIFEST.json says which datasets there are, and the predictions of which models belong to them. `--server_type=prebake --validate=all --report_all`
checks every row against its type instead, and ends with 0 where all is well.
"""
import json
import math
import pathlib

from absl import app
from lit_nlp import dev_server
from lit_nlp import server_flags
from lit_nlp.api import components
from lit_nlp.api import dataset as lit_dataset
from lit_nlp.api import dtypes
from lit_nlp.api import layout
from lit_nlp.api import types
from lit_nlp.components import regression_results
from lit_nlp.components import static_preds

HERE = pathlib.Path(__file__).resolve().parent
BEST = types.MetricBestValue
NORMAL_975 = 1.959963984540054


def wilson(hits, n):
    """The 95 % interval of a rate (Wilson, 1927): what of it may be chance."""
    if n == 0:
        return None, None
    z2, p = NORMAL_975 ** 2, hits / n
    middle = p + z2 / (2 * n)
    width = NORMAL_975 * math.sqrt(p * (1 - p) / n + z2 / (4 * n * n))
    return max(0.0, (middle - width) / (1 + z2 / n)), min(1.0, (middle + width) / (1 + z2 / n))


def percentile(rows, field, percent):
    """The nearest rank's value: of the rows that have one, each as often as its weight says."""
    known = sorted((row[field], row['weight']) for row in rows if row.get(field) is not None)
    rank, below = percent / 100 * sum(weight for _, weight in known), 0.0
    for value, weight in known:
        below += weight
        if below >= rank * (1 - 1e-12):
            return value
    return None


def rate(rows, is_hit):
    """Hits of the weights, and their sum."""
    return sum(row['weight'] for row in rows if is_hit(row)), sum(row['weight'] for row in rows)


class Table(components.Metrics):
    """Figures of the rows in a facet, for datasets that have all the fields they are made of."""

    NEEDS = ()
    METRICS = {}

    def is_compatible(self, model, dataset):
        return all(field in dataset.spec() for field in self.NEEDS)

    def is_field_compatible(self, pred_spec, parent_spec):
        return False

    def meta_spec(self):
        return {name: types.MetricResult(best_value=best, description=about) for name, (best, about) in self.METRICS.items()}

    def run(self, inputs, model, dataset, model_outputs=None, config=None):
        outputs = model_outputs or list(model.predict(inputs))
        values = self.figures(inputs, outputs)
        return [{'pred_key': 'all', 'label_key': '', 'metrics': dict(zip(self.METRICS, values))}]


class Calls(Table):
    """How well the calls went, how long they took, what they cost."""

    NEEDS = ('status', 'latency_ms', 'cost_usd', 'weight')
    METRICS = {
        'error rate': (BEST.LOWEST, 'Share of the calls without success.'),
        'error low': (BEST.LOWEST, 'Lower bound of the rate, 95 %, Wilson.'),
        'error high': (BEST.LOWEST, 'Upper bound of the rate, 95 %, Wilson.'),
        'p50 ms': (BEST.LOWEST, 'Half of the calls took no longer.'),
        'p95 ms': (BEST.LOWEST, '95 % of the calls took no longer.'),
        'usd per 1000': (BEST.LOWEST, 'Cost of 1,000 calls, of those whose cost is known.'),
        'n': (BEST.NONE, 'Calls of the record that the rows stand for.'),
    }

    def figures(self, rows, outputs):
        failed, n = rate(rows, lambda row: row['status'] != 'SUCCESS')
        low, high = wilson(failed, n)
        priced = [row for row in rows if row.get('cost_usd') is not None]
        cost, of = sum(row['cost_usd'] * row['weight'] for row in priced), sum(row['weight'] for row in priced)
        return failed / n, low, high, percentile(rows, 'latency_ms', 50), percentile(rows, 'latency_ms', 95), 1000 * cost / of if of else None, n


class Stability(Table):
    """Whether equal prompts gave equal outputs: exact matches with the usual output."""

    NEEDS = ('usual_output',)
    METRICS = {
        'usual': (BEST.HIGHEST, 'Share of them that are the usual one.'),
        'usual low': (BEST.HIGHEST, 'Lower bound of the share, 95 %, Wilson.'),
        'usual high': (BEST.HIGHEST, 'Upper bound of the share, 95 %, Wilson.'),
        'n': (BEST.NONE, 'Outputs whose prompt has a usual output, each as often as its weight says.'),
    }

    def figures(self, rows, outputs):
        pairs = [(row.get('weight', 1), row['usual_output'] == out['output_hash']) for row, out in zip(rows, outputs)
                 if row['usual_output'] and out['output_hash']]
        same, n = sum(weight for weight, equal in pairs if equal), sum(weight for weight, _ in pairs)
        return (same / n if n else None, *wilson(same, n), n)


class Differences(regression_results.RegressionInterpreter):
    """A number held against what it should be; LIT's own stops at one that is unknown."""

    def run(self, inputs, model, dataset, model_outputs=None, config=None):
        outputs = model_outputs or list(model.predict(inputs))
        fields = self._find_supported_pred_keys(model.output_spec())
        return [{field: self.result(row, out[field], model.output_spec()[field].parent) for field in fields} for row, out in zip(inputs, outputs)]

    @staticmethod
    def result(row, value, parent):
        if value is None or row.get(parent) is None:
            return dtypes.RegressionResult(value, None, None)
        return dtypes.RegressionResult(value, value - row[parent], (value - row[parent]) ** 2)


MODULES = layout.LitModuleName
LAYOUT = layout.LitCanonicalLayout(
    left={
        'Calls': [MODULES.DataTableModule],
        'Report': [MODULES.DocumentationModule],
    },
    upper={
        'Metrics': [MODULES.MetricsModule],
        'Tiers': [MODULES.ConfusionMatrixModule],
        'One call': [MODULES.DatapointEditorModule, MODULES.ClassificationModule, MODULES.RegressionModule, MODULES.GeneratedTextModule],
    },
    lower={
        'Scalars': [MODULES.ScalarModule],
    },
    layoutSettings=layout.LayoutSettings(leftWidth=40, mainHeight=45),
    description='The calls on the left; figures by facet above, each call as a point below.',
)


def load(path):
    return lit_dataset.load_lit_format(str(HERE / path))


def model_of(inputs, entry):
    """The predictions of one model, a row for each row of the dataset."""
    predictions = load(entry['path'])
    if [row['_id'] for row in predictions.examples] != [row['_id'] for row in inputs.examples]:
        raise ValueError(entry['path'] + ' has not a prediction for each row, in their order')
    return static_preds.StaticPredictions(inputs, predictions, entry['keys'])


def documentation(manifest):
    sampling = manifest['sampling']
    head = (f"**{sampling['rows']} of {sampling['calls']} calls** ({manifest['governance_mode']}), "
            f"{sampling['rows_without_success']} of {sampling['calls_without_success']} without success. "
            'Metrics count each row as often as its weight says.\n\n')
    return head + (HERE / 'report.md').read_text()


def main(_):
    manifest = json.loads((HERE / 'MANIFEST.json').read_text())
    datasets, models = {}, {}
    for entry in manifest['datasets']:
        inputs = datasets[entry['name']] = load(entry['path'])
        for model in entry['models']:
            models[model['name']] = model_of(inputs, model)
    settings = server_flags.get_flags() | {'host': '127.0.0.1', 'demo_mode': True, 'default_layout': 'calls', 'page_title': 'ros-insights'}
    dev_server.Server(models, datasets, generators={}, interpreters={'regression': Differences()},
                      metrics={'calls': Calls(), 'output': Stability()},
                      layouts={'calls': LAYOUT}, inline_doc=documentation(manifest), **settings).serve()


if __name__ == '__main__':
    app.run(main)
