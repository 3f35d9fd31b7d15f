"""What stands on a bus, read beside the tools: entries, what the group has had, what is pending, the dead letters.

Written against Redis' protocol and the file bus' tables, not with the tools, so that a fault of theirs cannot hide itself.
"""
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import tempfile
import time

STREAM, GROUP = 'ros:insights', 'ros:insights-workers'


def number(id):
    """An entry's id as two numbers, to be compared."""
    return tuple(map(int, id.split('-')))


class State:
    """Ids are texts, fields are dictionaries of texts to bytes."""

    def __init__(self):
        self.entries = {}      # id: fields
        self.dead = []         # fields of each dead letter
        self.pending = set()   # ids
        self.delivered = '0-0' # the last id that the group was given

    def acknowledged(self):
        """Entries that were delivered and are not pending any more."""
        return [id for id in self.entries if number(id) <= number(self.delivered) and id not in self.pending]


def read_copy(path, look):
    """Calls look(connection) on a copy of an SQLite file, so that looking does not recover or checkpoint the original."""
    with tempfile.TemporaryDirectory() as scratch:
        copy = os.path.join(scratch, 'copy.db')
        for suffix in '', '-wal':
            if os.path.exists(path + suffix):
                shutil.copyfile(path + suffix, copy + suffix)
        connection = sqlite3.connect(copy)
        try:
            return look(connection)
        finally:
            connection.close()


def read(path, query):
    """The one row that a query gives."""
    connection = sqlite3.connect(path)
    try:
        return connection.execute(query).fetchone()
    finally:
        connection.close()


def queued(path):
    """The entries of a local queue: it is a file bus with a stream for each bus that entries are meant for."""
    if not os.path.exists(path) or read_copy(path, is_empty):
        return []
    return [decode(row[0]) for row in read_copy(path, lambda db: db.execute('SELECT fields FROM entry').fetchall())]


def is_empty(db):
    return db.execute('SELECT count(*) FROM sqlite_schema').fetchone()[0] == 0


class FileBus:
    name = 'file bus'
    clean = {0} # how a job may end that meets no fault
    env = {}    # what the tools need beside the URL

    def reset(self, directory):
        self.path = os.path.join(directory, 'bus.db')
        self.url = 'file://' + self.path

    def state(self):
        if not os.path.exists(self.path) or read_copy(self.path, is_empty):
            return State()
        return read_copy(self.path, self._read)

    @staticmethod
    def _read(db):
        state = State()
        for stream, ms, seq, blob in db.execute('SELECT name, ms, seq, fields FROM entry JOIN stream ON id = stream'):
            if stream == STREAM:
                state.entries[f'{ms}-{seq}'] = decode(blob)
            else:
                state.dead.append(decode(blob))
        for ms, seq in db.execute('SELECT last_ms, last_seq FROM consumer_group WHERE name = ?', [GROUP]):
            state.delivered = f'{ms}-{seq}'
        state.pending = {f'{ms}-{seq}' for ms, seq in db.execute('SELECT ms, seq FROM pending')}
        return state


def decode(blob):
    """The fields of an entry of the file bus: each name and value with its length (LEB128) in front."""
    texts, at = [], 0
    while at < len(blob):
        size = shift = 0
        while True:
            byte = blob[at]
            at += 1
            size |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                break
        texts.append(blob[at:at + size])
        at += size
    return {texts[i].decode(): texts[i + 1] for i in range(0, len(texts), 2)}


class Redis:
    """As much of a client as the tests need: one command, one reply."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(path)
        self.file = self.socket.makefile('rb')

    def __call__(self, *words):
        words = [w if isinstance(w, bytes) else str(w).encode() for w in words]
        self.socket.sendall(b'*%d\r\n' % len(words) + b''.join(b'$%d\r\n%s\r\n' % (len(w), w) for w in words))
        return self._reply()

    def _reply(self):
        line = self.file.readline()
        kind, rest = line[:1], line[1:-2]
        if kind == b'$':
            return None if rest == b'-1' else self.file.read(int(rest) + 2)[:-2]
        if kind == b'*':
            return None if rest == b'-1' else [self._reply() for _ in range(int(rest))]
        if kind == b'-':
            raise ValueError(rest.decode())
        if not kind:
            raise ConnectionError('the server closed the connection')
        return int(rest) if kind == b':' else rest

    def close(self):
        self.file.close()
        self.socket.close()


def pairs(flat):
    return {flat[i].decode(): flat[i + 1] for i in range(0, len(flat), 2)}


class RedisBus:
    """A private server that loses nothing it has answered for (appendfsync always), unless it is not durable, and dies with this process. Others
    publish there, too: two entries are no events."""
    name = 'Redis'
    clean = {0, 1} # 1: those two were refused
    env = {}
    options = []   # of the server, more of them

    def __init__(self, durable=True):
        self.home = tempfile.TemporaryDirectory()
        self.appendonly = 'yes' if durable else 'no'
        self.socket = os.path.join(self.home.name, 'r.sock')
        self.url = 'unix://' + self.socket
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            ['setpriv', '--pdeathsig', 'KILL', 'redis-server', '--port', '0', '--unixsocket', self.socket, '--dir', self.home.name,
             '--save', '', '--appendonly', self.appendonly, '--appendfsync', 'always', '--auto-aof-rewrite-percentage', '0', *self.options],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        end = time.monotonic() + 30
        while not self._answers():
            if time.monotonic() > end or self.process.poll() is not None:
                raise RuntimeError('redis-server does not start')
            time.sleep(0.005)

    def revive(self):
        """Starts a server that was killed again, on what it left."""
        if not self._answers():
            self.process.wait()
            self.start()

    def _answers(self):
        try:
            return self.command('PING') == b'PONG'
        except (OSError, ValueError): # no socket yet, or still loading
            return False

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def hide(self):
        """Nobody can connect, but those who are."""
        os.rename(self.socket, self.socket + '.hidden')

    def show(self):
        os.rename(self.socket + '.hidden', self.socket)

    def close(self):
        self.kill()
        self.home.cleanup()

    def command(self, *words):
        client = Redis(self.socket)
        try:
            return client(*words)
        finally:
            client.close()

    def reset(self, _directory):
        self.command('FLUSHALL')
        self.command('XADD', STREAM, '*', 'type', 'ai.invocation.completed', 'data', 'no JSON')
        self.command('XADD', STREAM, '*', 'type', 'ai.invocation.completed', 'data', '{"governance_mode":"DEMO"}')

    def state(self):
        client, state = Redis(self.socket), State()
        state.entries = {id.decode(): pairs(fields) for id, fields in client('XRANGE', STREAM, '-', '+')}
        state.dead = [pairs(fields) for _, fields in client('XRANGE', STREAM + ':dead', '-', '+')]
        groups = client('XINFO', 'GROUPS', STREAM) if client('EXISTS', STREAM) else []
        for group in map(pairs, groups):
            if group['name'].decode() == GROUP:
                state.delivered = group['last-delivered-id'].decode()
                state.pending = {row[0].decode() for row in client('XPENDING', STREAM, GROUP, '-', '+', 1000000)}
        client.close()
        return state
