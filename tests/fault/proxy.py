"""A proxy in front of a server, that fails once, after exactly K bytes of what the server says: it cuts the connection,
goes silent on it, or holds everything back for a while. Connections made later are served well."""
import os
import selectors
import socket
import threading
import time

CUT, SILENCE, DELAY = 'cut', 'silence', 'delay'


class Proxy:
    """Both addresses are paths of unix sockets, or both are pairs of host and port."""

    def __init__(self, address, server):
        self.server = server
        self.family = socket.AF_UNIX if isinstance(server, str) else socket.AF_INET
        self.arm(None)
        self.listener = socket.socket(self.family)
        self.listener.bind(address)
        self.listener.listen(16)
        self.ended, self.end = os.pipe()
        self.silent = [] # sockets that stay open and are heard no more
        self.selector = selectors.DefaultSelector()
        self.selector.register(self.listener, selectors.EVENT_READ, self._accept)
        self.selector.register(self.ended, selectors.EVENT_READ, None)
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def arm(self, after, way=CUT, seconds=0):
        """K = `after` more bytes of the server pass, and then it happens; None: never. `said` counts them all from now on."""
        self.said, self.after, self.way, self.seconds = 0, after, way, seconds

    def close(self):
        os.close(self.end)
        self.thread.join()
        for end in self.silent + [key.fileobj for key in self.selector.get_map().values() if key.data]:
            end.close()
        self.selector.close()
        os.close(self.ended)

    def _serve(self):
        while True:
            for key, _ in self.selector.select():
                if not key.data:
                    return
                if key.fileobj.fileno() >= 0: # not closed by the one before
                    key.data()

    def _accept(self):
        client, _ = self.listener.accept()
        server = socket.socket(self.family)
        try:
            server.connect(self.server)
        except OSError: # the server is down: so are we
            client.close()
            server.close()
            return
        self.selector.register(client, selectors.EVENT_READ, lambda: self._pass_on(client, server, server.sendall))
        self.selector.register(server, selectors.EVENT_READ, lambda: self._pass_on(server, client, lambda data: self._answer(server, client, data)))

    def _pass_on(self, source, other, send):
        try:
            data = source.recv(65536)
            if data:
                send(data)
        except OSError:
            data = b''
        if not data:
            self._drop(source, other)

    def _answer(self, server, client, data):
        room = None if self.after is None else self.after - self.said
        self.said += len(data)
        if room is None or len(data) < room:
            client.sendall(data)
            return
        self.after = None
        client.sendall(data[:room])
        if self.way == CUT:
            self._drop(server, client)
        elif self.way == SILENCE:
            self._drop(server, client, close=False)
        else:
            time.sleep(self.seconds)
            client.sendall(data[room:])

    def _drop(self, *both, close=True):
        for end in both:
            if end.fileno() < 0 or end in self.silent:
                continue
            self.selector.unregister(end)
            if close:
                end.close()
            else:
                self.silent.append(end)
