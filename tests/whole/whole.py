"""What the whole-program tests share: the program as a command and as a server.
Standard library only. Environment: PLANKARTA is the program."""

import atexit
import json
import os
import re
import signal
import socket
import subprocess
import threading

PROGRAM = os.path.abspath(os.environ.get("PLANKARTA", "build/plankarta"))


def command(*args, code=0, **settings):
    """One run of the program; its output as bytes. `settings` become --key value."""
    extra = [part for key, value in settings.items() for part in ("--" + key, str(value))]
    done = subprocess.run([PROGRAM, *map(str, args), *extra], capture_output=True,
                          timeout=280, check=False)
    if code is not None and done.returncode != code:
        raise AssertionError("%s: exit code %d, not %d\n%s" % (
            " ".join(map(str, args)), done.returncode, code, done.stderr.decode()))
    done.text = done.stdout.decode()
    done.said = done.stderr.decode()
    return done


def answer(*args, **settings):
    """The JSON a command prints."""
    return json.loads(command(*args, "--json", **settings).stdout)


class Answer:
    def __init__(self, data):
        head, _, self.body = data.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        self.status = int(lines[0].split()[1]) if lines[0] else 0
        self.headers = {k.lower(): v for k, v in
                        (line.split(": ", 1) for line in lines[1:] if ": " in line)}

    def json(self):
        return json.loads(self.body)


class Server:
    """`plankarta serve` on a free port. Stopped by stop(), by the end of a `with`, or when
    the test ends: a test that fails leaves nothing running."""

    def __init__(self, db, *args, env=None, cwd=None):
        self.process = subprocess.Popen(
            [PROGRAM, "serve", "--db", db, "--listen", "127.0.0.1:0", *map(str, args)],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env={**os.environ, **(env or {})}, cwd=cwd)
        atexit.register(self.process.kill)
        line = self.process.stdout.readline()
        match = re.fullmatch(r"listening on (http://127\.0\.0\.1:(\d+))\n", line)
        if not match:
            self.process.kill()
            raise AssertionError("no address: %r %s" % (line, self.process.communicate()[1]))
        self.base, self.port = match.group(1), int(match.group(2))
        self.log = []
        self.reader = threading.Thread(target=self.log.extend, args=(self.process.stderr,),
                                       daemon=True)
        self.reader.start()

    def stop(self):
        """SIGTERM; the exit code."""
        self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
        self.reader.join(5)
        self.process.stdout.close()
        self.process.stderr.close()
        # What a sanitizer found in any of its processes: the build without has none.
        if [e for e in self.log if "Sanitizer" in e or "runtime error" in e]:
            raise AssertionError("".join(self.log))
        return code

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        code = self.stop()
        if kind is None and code != 0:
            raise AssertionError("the server ended with %d: %s" % (code, "".join(self.log)))

    def children(self):
        """Process numbers of the writer and the worker, in the order of their starts."""
        path = "/proc/%d/task/%d/children" % (self.process.pid, self.process.pid)
        with open(path, encoding="ascii") as f:
            return [int(pid) for pid in f.read().split()]

    def connect(self):
        return socket.create_connection(("127.0.0.1", self.port), timeout=60)

    def raw(self, data, limit=60.0):
        """Sends bytes as they are; what comes back until the end or `limit` seconds."""
        out = b""
        with self.connect() as s:
            s.settimeout(limit)
            try:
                s.sendall(data)
                while True:
                    piece = s.recv(65536)
                    if not piece:
                        break
                    out += piece
            except (socket.timeout, ConnectionError):
                pass
        return out

    def get(self, target, method="GET", body=None, **headers):
        lines = ["%s %s HTTP/1.1" % (method, target), "Host: test", "Connection: close"]
        lines += ["%s: %s" % (k.replace("_", "-"), v) for k, v in headers.items()]
        if body is not None:
            lines.append("Content-Length: %d" % len(body))
        return Answer(self.raw("\r\n".join(lines).encode() + b"\r\n\r\n" + (body or b"")))
