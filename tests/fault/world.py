"""A short run in a world of its own: a bus, a state directory, some events, and what the producer was promised."""
import json
import os
import random
import shutil
import subprocess
import tempfile
import uuid

import bus
import oracle

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BIN = os.environ.get('ROS_BIN', os.path.join(TOP, 'build/release/bin'))
HANGS = 60       # seconds: a tool that has not ended by then hangs
STOPS_WITHIN = 5 # seconds after SIGTERM; one is promised, but the machine may be busy
BATCH = 5


def events(n, seed=1):
    """n different events, always the same for a seed: ids and text lines."""
    dice = random.Random(seed)
    ids = [str(uuid.UUID(int=dice.getrandbits(128), version=4)) for _ in range(n)]
    lines = [json.dumps({
        'schema_version': '1.1.0', 'invocation_id': id, 'timestamp': f'2026-01-28T{i % 3:02}:{i % 60:02}:00.{i % 1000:03}Z',
        'governance_mode': 'DEMO', 'project_id': '1b4e28ba-2fa1-41d2-883f-0016d3cca427', 'caller': 'worker',
        'tier': ['NANO', 'MINI', 'FRONTIER'][i % 3], 'provider': 'made-up', 'model': f'model-{i % 2}',
        'usage': {'input_tokens': 100 + i, 'output_tokens': 3 * i, 'cost_usd': i / 1000, 'cost_source': 'provider', 'latency_ms': 17 * i},
    }, separators=(',', ':')) for i, id in enumerate(ids)]
    return ids, lines


def mixed(n):
    """Every other one of n events tells of a stage or a dataset; many tell of the same, some at the same time."""
    ids, lines = events(n)
    for i in range(1, n, 2):
        told = {'schema_version': '1.1.0', 'event_id': ids[i], 'timestamp': f'2026-01-28T12:00:00.{i * 7 % 40:03}Z', 'governance_mode': 'DEMO'}
        if i % 8 == 1:
            told.update(event_type='dataset.registered', id=str(uuid.UUID(int=i % 3)), uri=f's3://made-up/{i}', format='csv', phi_scan_status='pending')
            told.update({'row_count': i} if i % 16 == 1 else {'name': f'n{i}'})
        else:
            told.update(event_type='workflow.stage.updated', id=str(uuid.UUID(int=i % 4)), run_id=str(uuid.UUID(int=7)), stage_number=1 + i % 4,
                        status=['running', 'failed', 'completed'][i % 3], attempt_number=1 + i % 2)
            told.update([{'started_at': told['timestamp']}, {'completed_at': told['timestamp']}, {'checkpoint_data': {'row': i}}][i % 5 % 3])
        lines[i] = json.dumps(told, separators=(',', ':'))
    return ids, lines


class Run:
    """How a tool ended: its exit status, negative for a signal, and what it said."""

    def __init__(self, status, said):
        self.status, self.said = status, said

    @property
    def killed(self):
        return self.status == -9


class World:
    def __init__(self, on, n=4 * BATCH, a_file=BATCH, make=events):
        self.dir = tempfile.mkdtemp(prefix='ros-')
        self.bus = on
        on.reset(self.dir)
        self.ids, self.lines = make(n)
        self.promised = set()
        self.broken = []
        self.db = os.path.join(self.dir, 'ros.db')
        self.env = {'PATH': BIN + ':' + os.environ['PATH'], 'HOME': self.dir, 'ROS_STATE_DIR': self.dir, 'ROS_BUS': on.url, 'LC_ALL': 'C.UTF-8',
                    'INSIGHTS_BATCH_SIZE': str(BATCH), **on.env}
        self.files = [self.write(f'in{i}', self.lines[i:i + a_file]) for i in range(0, n, a_file)] # ros-emit publishes at the end of each

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.dir)

    def path(self, name):
        return os.path.join(self.dir, name)

    def write(self, name, lines):
        with open(self.path(name), 'w') as out:
            out.writelines(line + '\n' for line in lines)
        return self.path(name)

    def run(self, *command, stdin=None, stdout=None, wrap=(), env=None):
        """Runs one tool between two files, behind the words of `wrap`."""
        with open(self.path(stdin) if stdin else os.devnull, 'rb') as source, open(self.path(stdout or 'out'), 'wb') as sink:
            try:
                done = subprocess.run([*wrap, *command], stdin=source, stdout=sink, stderr=subprocess.PIPE, timeout=HANGS,
                                      env={**self.env, **(env or {})}, cwd=self.dir)
            except subprocess.TimeoutExpired:
                self.broken.append(f'{command[0]} did not end within {HANGS} s')
                return Run(-1, '')
        return Run(done.returncode, done.stderr.decode(errors='replace'))

    # The stages of the job, one after another: what a stage printed before it died is there for the next.

    def emit(self, first=0, last=None, **how):
        """Events by number; whole files of them."""
        size = len(self.ids) // len(self.files)
        run = self.run('ros-emit', *self.files[first // size:last and last // size], stdout='ids', **how)
        self.note_promises(self.ids[first:last], run.status)
        return run

    def emit_without_bus(self, last=None, **how):
        """The events go to the local queue."""
        self.bus.hide()
        run = self.emit(0, last, **how)
        self.bus.show()
        return run

    def emit_and_forward(self, **how):
        """The first half waits in the local queue and goes first."""
        half = len(self.ids) // 2
        if self.emit_without_bus(half).status:
            self.broken.append('ros-emit does not queue')
        return self.emit(half, **how)

    def forward(self, **how):
        """All events wait in the local queue, until they are forwarded by hand."""
        if self.emit_without_bus().status:
            self.broken.append('ros-emit does not queue')
        return self.run('ros-bus', 'drain', **how)

    def consume(self, **how):
        return self.run('ros-consume', stdout='envelopes', **how)

    def aggregate(self, **how):
        return self.run('ros-aggregate', '--batch', str(BATCH), stdin='envelopes', stdout='acks', **how)

    def ack(self, **how):
        return self.run('ros-ack', stdin='acks', **how)

    STAGES = {'ros-emit': emit, 'ros-consume': consume, 'ros-aggregate': aggregate, 'ros-ack': ack}
    VARIANTS = {'ros-emit without its bus': ('ros-emit', emit_without_bus), 'ros-emit that forwards': ('ros-emit', emit_and_forward),
                'ros-bus drain': ('ros-emit', forward)}

    def stages(self, victim, **how):
        """The whole job; `how` holds for the victim only: a tool, or a variant of what it does. Returns how that one ended."""
        victim_tool, act = self.VARIANTS.get(victim, (victim, self.STAGES.get(victim)))
        for tool, stage in self.STAGES.items():
            if tool == victim_tool:
                ended = act(self, **how)
            else:
                stage(self)
        return ended

    def note_promises(self, ids, status):
        """Answers come in the order of the events sent: a stream id, or `queued INVOCATION`. A cut last line is none."""
        with open(self.path('ids')) as file:
            answers = [line[:-1] for line in file if line.endswith('\n')]
        for id, answer in zip(ids, answers):
            if answer.startswith('queued ') and answer != 'queued ' + id:
                self.broken.append(f'{id} was answered by: {answer}')
        self.promised |= set(ids[:len(answers)])
        if status == 0 and len(answers) != len(ids):
            self.broken.append(f'ros-emit ended with 0, but answered for {len(answers)} of {len(ids)} events')

    # The oracle.

    def look(self, when, idle=False):
        rules = oracle.check(self.bus.state(), oracle.Database(self.db), self.promised, self.queued(), idle)
        self.broken += [f'{when}: {rule}' for rule in rules]

    def queued(self):
        """Invocations in the local queue of ros-emit."""
        return {oracle.identity(fields) for fields in bus.queued(self.path('queue.db'))}

    def start_job(self, *options, batch=BATCH):
        """The main job as a pipe: its three processes. The options are those of ros-consume."""
        job, source = [], subprocess.DEVNULL
        for command in ['ros-consume', *options], ['ros-aggregate', '--batch', str(batch)], ['ros-ack']:
            with open(self.path(command[0] + '.said'), 'wb') as said:
                job.append(subprocess.Popen(command, stdin=source, stdout=subprocess.PIPE, stderr=said, env=self.env, cwd=self.dir))
            if source != subprocess.DEVNULL:
                source.close()
            source = job[-1].stdout
        source.close()
        return job

    def stop_job(self, job):
        """Ends what is left of it; SIGTERM must be enough."""
        for process in job:
            process.terminate()
        for process in job:
            try:
                process.wait(STOPS_WITHIN)
            except subprocess.TimeoutExpired:
                self.broken.append(f'{process.args[0]} does not end on SIGTERM')
                process.kill()
                process.wait()

    def drain(self):
        """A clean run of the main job."""
        for process in self.start_job():
            if process.wait() not in self.bus.clean:
                tool = process.args[0]
                with open(self.path(tool + '.said')) as said:
                    self.broken.append(f'the clean run: {tool} ended with {process.returncode}: {said.read().strip()}')

    def verify(self, reference):
        """The oracle now, after a clean run, and after the producer has sent everything once more. Returns what broke."""
        self.look('after the fault')
        if self.queued() and self.run('ros-emit', self.files[0]).status: # what comes next forwards what waits
            self.broken.append('the local queue is not forwarded')
        self.drain()
        self.look('after a clean run', idle=True)
        if self.emit().status:
            self.broken.append('sending everything again failed')
        self.drain()
        self.look('after sending again', idle=True)
        if oracle.dump(self.db) != reference:
            self.broken.append('the database is not the one that a run without fault makes')
        return self.broken


def victims(on):
    """What there is to be hit, on that bus."""
    if isinstance(on, bus.FileBus):
        return list(World.STAGES)
    return [tool for tool in [*World.STAGES, *World.VARIANTS] if tool != 'ros-aggregate'] # which knows no bus


def reference(n=4 * BATCH, make=events):
    """The dump of a database that has the events straight from their lines."""
    with World(bus.FileBus(), n, make=make) as world:
        if world.run('ros-aggregate', *world.files).status:
            raise RuntimeError('ros-aggregate cannot record the events')
        return oracle.dump(world.db)
