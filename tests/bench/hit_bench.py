"""What a tile from memory costs: processor time of the server per request, in microseconds.

usage: hit_bench.py DATABASE PATH COUNT PLANKARTA...

Serves DATABASE with each program in turn, three rounds, asks for PATH COUNT times
over one connection and prints a line per round. Nothing is asserted.
"""

import glob
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../whole"))
import whole  # noqa: E402 - the folder is known from here on


def processor_ns(pid):
    total = 0
    for name in glob.glob("/proc/%d/task/*/schedstat" % pid):
        with open(name, encoding="ascii") as f:
            total += int(f.read().split()[0])
    return total


def read_answer(stream):
    length = 0
    status = stream.readline()
    while True:
        line = stream.readline()
        if line.lower().startswith(b"content-length:"):
            length = int(line.split(b":")[1])
        if line in (b"\r\n", b""):
            break
    return status, stream.read(length)


def measure(database, path, count):
    request = ("GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64)"
               " AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36\r\n"
               "Accept: image/avif,image/webp,image/apng,image/*,*/*;q=0.8\r\nReferer: "
               "http://127.0.0.1/\r\nAccept-Encoding: gzip, deflate, br\r\nAccept-Language: "
               "sv-SE,sv;q=0.9,en;q=0.8\r\n\r\n" % path).encode()
    with whole.Server(database) as server, server.connect() as s:
        stream = s.makefile("rb")
        worker = server.children()[-1]
        for i in range(count + 100):
            if i == 100:
                before = processor_ns(worker)
            s.sendall(request)
            status, body = read_answer(stream)
        used = processor_ns(worker) - before
    return used / count / 1000, status.decode().strip(), len(body)


def main():
    database, path = sys.argv[1:3]
    count, programs = int(sys.argv[3]), sys.argv[4:]
    for _ in range(3):
        for program in programs:
            whole.PROGRAM = os.path.abspath(program)
            print("%.1f us  %s, %d bytes  %s" % (*measure(database, path, count), program))


if __name__ == "__main__":
    main()
