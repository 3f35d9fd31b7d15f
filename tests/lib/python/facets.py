"""facets.py URL BUNDLE DATABASE [SLICES ...]: whether the figures that LIT shows of each facet are those of the record, by SQL and scipy, and of the slices that
ros-slice found (its JSON). Prints how many facets and slices agreed, or what differs."""
import json
import math
import pathlib
import sqlite3
import sys

from scipy import stats
from served import ask

FIELDS = {'model': 'model', 'tier': 'tier', 'stage': "printf('%02d', stage)", 'purpose': 'purpose', 'provider': 'provider', 'status': 'status'}


def rank(values, percent):
    return sorted(values)[math.ceil(percent * len(values) / 100) - 1] if values else None


def recorded(database, where, value):
    rows = database.execute(f'SELECT status, latency_ms, cost_usd FROM ai_invocations WHERE {where}', value).fetchall()
    failed, times = sum(row[0] != 'SUCCESS' for row in rows), [row[1] for row in rows if row[1] is not None]
    costs = [float(row[2]) for row in rows if row[2] is not None]
    interval = stats.binomtest(failed, len(rows)).proportion_ci(0.95, 'wilson')
    return {'error rate': failed / len(rows), 'error low': interval.low, 'error high': interval.high, 'p50 ms': rank(times, 50), 'p95 ms': rank(times, 95),
            'usd per 1000': 1000 * sum(costs) / len(costs) if costs else None, 'n': len(rows)}


def differ(what, here, there):
    same = here == there if here is None or there is None else math.isclose(here, there, rel_tol=1e-9, abs_tol=1e-9)
    if not same:
        sys.exit(f'{what}: {here} here, {there} there')


def main():
    url, bundle, path, *slices = sys.argv[1:]
    database = sqlite3.connect(path)
    rows = [json.loads(line)['data'] for line in (pathlib.Path(bundle) / 'data/invocations.lit.jsonl').open()]

    def shown(chosen):
        ids = [row['_id'] for row in chosen]
        return ask(url, 'get_metrics', ids, dataset_name='invocations', model='recorded', metrics='calls')['calls'][0]['metrics']

    facets = 0
    for field, sql in FIELDS.items():
        for value in sorted({row[field] for row in rows}):
            here = shown([row for row in rows if row[field] == value])
            for name, there in recorded(database, f'{sql} = ?', [value]).items():
                differ(f'{field} {value} {name}', here[name], there)
            facets += 1
    found = 0
    for path in slices:
        report = json.loads(pathlib.Path(path).read_text())
        differ('all', shown(rows)['error rate'], report['all']['hits'] / report['all']['n'])
        for item in report['slices']:
            wanted = {name: value.zfill(2) if name == 'stage' else value for name, value in item['conditions'].items()}
            here = shown([row for row in rows if all(row[name] == value for name, value in wanted.items())])
            parts = item['found']['slice'], item['held_back']['slice']
            differ(f'{wanted} n', here['n'], sum(part['n'] for part in parts))
            differ(f'{wanted} error rate', here['error rate'], sum(part['hits'] for part in parts) / here['n'])
            found += 1
    print(facets, found)


main()
