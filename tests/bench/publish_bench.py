"""What publishing one changed plan costs: processor time, and how long until it is seen.

usage: publish_bench.py PLANKARTA DATABASE PLAN.json [ROUNDS]

PLAN.json is a delivery of one or more plans that are in DATABASE. A copy of the database is
changed ROUNDS (3) times, the wording of one use each time, in three ways; a Markdown row
for each. Nothing is asserted.
  import    `import PLAN.json`: all processes, no server
  publish   `publish` of what `import --draft` left: all processes, no server
  visible   `import` while a server runs: wall time from the start of the command until a
            tile under the plan is answered with another ETag (asked every 20 ms)
"""

import json
import os
import re
import resource
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
import uuid

from serve_bench import to_tile


def processor():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def run(program, *args):
    """Its output, processor seconds, wall seconds."""
    before, start = processor(), time.monotonic()
    out = subprocess.run([program, *args], check=True, capture_output=True, text=True).stdout
    return out, processor() - before, time.monotonic() - start


class Delivery:
    """The file with one use whose letter's wording is another each time."""

    def __init__(self, source, to):
        with open(source, encoding="utf-8") as f:
            self.document = json.load(f)
        uses = [f["properties"] for f in self.document["features"]
                if f["properties"]["feature:typ"] == "användningsbestämmelse"]
        self.use, self.to, self.next = uses[0], to, 0
        self.words = sorted({u["bestammelseformulering"] for u in uses
                             if u.get("bestammelseformulering")})

    def change(self):
        if self.words[self.next % len(self.words)] == self.use["bestammelseformulering"]:
            self.next += 1
        self.use["bestammelseformulering"] = self.words[self.next % len(self.words)]
        self.next += 1
        with open(self.to, "w", encoding="utf-8") as f:
            json.dump(self.document, f, ensure_ascii=False)
        return self.to


def tile_of(database, regulation):
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as c:
        box = c.execute("SELECT xmin, ymin, xmax, ymax FROM idx_regulation_part_geometry "
                        "WHERE pkid IN (SELECT row_id FROM regulation_part WHERE "
                        "feature_id = ?)", (uuid.UUID(regulation).bytes,)).fetchone()
    x, y = to_tile((box[0] + box[2]) / 2, (box[1] + box[3]) / 2, 16)
    return f"/tiles/plan/WebMercatorQuad/16/{x}/{y}.png"


def etag(base, tile):
    with urllib.request.urlopen(base + tile, timeout=30) as answer:
        answer.read()
        return answer.headers["ETag"]


def until_visible(program, database, path, base, tile):
    was, start = etag(base, tile), time.monotonic()
    command = subprocess.Popen([program, "import", "--db", database, path],
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while etag(base, tile) == was:
            if time.monotonic() - start > 120:
                raise SystemExit("the tile did not change in two minutes")
            time.sleep(0.02)
        return time.monotonic() - start
    finally:
        command.wait(120)


def served(program, database, delivery, rounds):
    server = subprocess.Popen([program, "serve", "--db", database, "--listen", "127.0.0.1:0"],
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        base = re.search(r"http://\S+", server.stdout.readline()).group(0)
        tile = tile_of(database, delivery.use["objektidentitet"])
        return [until_visible(program, database, delivery.change(), base, tile)
                for _ in range(rounds)]
    finally:
        server.terminate()
        server.wait(60)


def row(name, numbers):
    print(f"| {name} | {len(numbers)} | {min(numbers):.2f} | "
          f"{statistics.median(numbers):.2f} | {max(numbers):.2f} |", flush=True)


def main():
    program, source, plan = sys.argv[1:4]
    rounds = int(sys.argv[4]) if len(sys.argv) > 4 else 3
    with tempfile.TemporaryDirectory() as folder:
        database = os.path.join(folder, "copy.sqlite")
        shutil.copyfile(source, database)
        delivery = Delivery(plan, os.path.join(folder, "changed.json"))
        print("| seconds | rounds | least | median | most |\n|---|---:|---:|---:|---:|")
        row("import, processor", [run(program, "import", "--db", database,
                                      delivery.change())[1] for _ in range(rounds)])
        publishes = []
        for _ in range(rounds):
            draft = json.loads(run(program, "import", "--draft", "--json", "--db", database,
                                   delivery.change())[0])["draft"]
            publishes.append(run(program, "publish", "--db", database, "--draft",
                                 str(draft)))
        row("publish, processor", [p[1] for p in publishes])
        row("publish, wall", [p[2] for p in publishes])
        row("visible, wall", served(program, database, delivery, rounds))


if __name__ == "__main__":
    main()
