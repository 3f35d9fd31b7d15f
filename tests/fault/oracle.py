"""The oracle: what must hold of a bus, a database and a producer's promises after any fault. Each rule that broke is one line."""
import json
import os
import uuid

import bus

# Sums by hour that are made anew from the record; the columns in this order.
RECOMPUTED = '''SELECT (time_ms - (time_ms % 3600000 + 3600000) % 3600000) / 3600000, series_id, count(*), total(input_tokens), total(output_tokens),
    total(cache_read_tokens), total(cache_write_tokens), total(reasoning_tokens), total(cost_nano), count(latency_ms), total(latency_ms)
    FROM invocation GROUP BY 1, 2'''
RECORDED = '''SELECT hour, series_id, calls, input_tokens, output_tokens, cache_read_tokens, cache_write_tokens, reasoning_tokens, cost_nano, timed, latency_ms
    FROM rollup_hour'''

SERIES = 'd.governance_mode, s.tenant_id, hex(d.project_id), d.tier, d.provider, d.model, s.stage, s.stage_name, s.purpose, s.status'


# Sources whose numbers do not add up, and, where nothing was lost, those with numbers that are missing.
UNEVEN = 'SELECT name FROM sources WHERE emitted <> recorded + repeated + conflicting + dead + refused + missing'
GAPS = "SELECT source || ' ' || first || '-' || last FROM source_gaps"


class Database:
    """What the record says: the events and summaries by id, and where its sums disagree with it."""

    def __init__(self, path):
        self.events, self.summaries, self.disagree, self.twice, self.uneven, self.gaps = [], [], [], 0, [], []
        if os.path.exists(path):
            bus.read_copy(path, self._read)

    def _read(self, db):
        if not db.execute("SELECT 1 FROM sqlite_schema WHERE name = 'notice'").fetchone():
            return # a killed process left it half made: that is one transaction a migration
        self.events = [row[0] for row in db.execute('SELECT invocation_id FROM ai_invocations')]
        self.events += [str(uuid.UUID(bytes=row[0])) for row in db.execute('SELECT event_id FROM notice')]
        self.disagree = db.execute(f'{RECORDED} EXCEPT {RECOMPUTED}').fetchall() + db.execute(f'{RECOMPUTED} EXCEPT {RECORDED}').fetchall()
        self.summaries = [str(uuid.UUID(bytes=row[0])) for row in db.execute('SELECT summary_id FROM emit_summary')]
        self.uneven = [row[0] for row in db.execute(UNEVEN)]
        self.gaps = [row[0] for row in db.execute(GAPS)]
        counted = 'SELECT (SELECT total(recorded) FROM batch) + (SELECT total(recorded) FROM notice_batch)'
        self.twice = db.execute(counted).fetchone()[0] - len(self.events)


def dump(path):
    """All that is recorded, but for what may depend on order or time: batches, and the numbers of series and deployments; and for who guarded it."""
    return bus.read_copy(path, _dump)


def _columns(db, table, *but):
    return ', '.join('r.' + row[1] for row in db.execute(f'PRAGMA table_info({table})') if row[1] not in but)


def _dump(db):
    rows = db.execute(f'SELECT {_columns(db, "ai_invocations", "batch", "created_at")} FROM ai_invocations r').fetchall()
    for table in 'rollup_hour', 'tally_hour':
        rows += db.execute(f'''SELECT '{table}', {SERIES}, {_columns(db, table, "series_id", "attested")}
            FROM {table} r JOIN series s ON s.id = r.series_id JOIN deployment d ON d.id = s.deployment_id''').fetchall()
    rows += db.execute('''SELECT day, governance_mode, hex(project_id), tier, provider, model, hex(sketch)
        FROM latency_day JOIN deployment ON id = deployment_id''').fetchall()
    for table in 'stage_usage', 'datasets', 'dataset_access_log', 'workflow_stage_runs', 'exports':
        rows += db.execute(f"SELECT '{table}', * FROM {table}").fetchall()
    return sorted(rows, key=repr)


def identity(fields):
    """The id of an entry's event or summary, or None."""
    try:
        event = json.loads(fields['data'])
        return event.get('invocation_id') or event.get('event_id') or event.get('summary_id')
    except (KeyError, ValueError, AttributeError):
        return None


def some(ids):
    return f'{len(ids)}: ' + ' '.join(sorted(ids)[:3])


def check(state, database, promised, queued, idle):
    """The rules that broke. `promised` and `queued` are sets of invocation ids: confirmed to the producer, and in its local queue now.
    `idle`: a clean run has drained the queue and the stream."""
    recorded = set(database.events + database.summaries)
    buried = [fields['original_id'].decode() for fields in state.dead]
    settled = recorded | {identity(fields) for fields in state.dead}
    broken = []

    def rule(name, wrong):
        if wrong:
            broken.append(f'{name} ({some(wrong)})')

    in_stream = {identity(fields) for fields in state.entries.values()}
    rule('promised, but nowhere', promised - settled - queued - in_stream)
    rule('acknowledged, but neither recorded nor a dead letter',
         [id for id in state.acknowledged() if id not in buried and identity(state.entries[id]) not in recorded])
    rule('two dead letters of one entry', [id for id in set(buried) if buried.count(id) > 1])
    rule('sums by hour are not those of the record', [str(row) for row in database.disagree])
    rule('an event is recorded twice', ['more rows than ids'] * (len(database.events) - len(set(database.events))))
    rule('batches count other than the record', [str(database.twice)] if database.twice else [])
    rule('numbers of a source do not add up', database.uneven)
    if idle:
        rule('numbers are missing although nothing was lost', database.gaps)
        rule('pending although all is done', state.pending)
        rule('promised, but neither recorded nor a dead letter', promised - settled)
        rule('left in the local queue', queued)
    return broken
