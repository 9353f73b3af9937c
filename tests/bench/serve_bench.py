"""How long people wait: cold tiles, lookups and first answer pages of a served sample.

usage: serve_bench.py PLANKARTA DATABASE [COUNT]

Starts `serve` with an empty cache, asks COUNT (200) random occupied Web Mercator z16 tiles,
lookups as JSON and start pages with an answer, one at a time, and prints a Markdown row
for each: median and 95th percentile of the wall time of a request, and processor time of
all processes of the server per request. Nothing is asserted.
"""

import math
import os
import random
import re
import sqlite3
import subprocess
import sys
import time
import urllib.request


def points(database, count):
    """Random address points, EPSG:3006, from the file's own index."""
    db = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    rows = db.execute(
        "SELECT i.xmin, i.ymin FROM feature f JOIN idx_feature_geometry i ON i.pkid = f.row_id "
        "WHERE f.layer_id = 'address' ORDER BY f.feature_id").fetchall()
    return random.Random(1).sample(rows, min(count, len(rows)))


def to_tile(east, north, zoom):
    """Tile of a point: inverse Gauss-Krueger of SWEREF 99 TM (Krueger's series, GRS 80)."""
    f = 1 / 298.257222101
    n, e2 = f / (2 - f), f * (2 - f)
    radius = 6378137 / (1 + n) * (1 + n ** 2 / 4) * 0.9996
    xi, eta = north / radius, (east - 500000) / radius
    for k, d in ((2, n / 2 - 2 * n ** 2 / 3), (4, n ** 2 / 48)):
        xi, eta = (xi - d * math.sin(k * north / radius) * math.cosh(k * (east - 5e5) / radius),
                   eta - d * math.cos(k * north / radius) * math.sinh(k * (east - 5e5) / radius))
    conformal = math.asin(math.sin(xi) / math.cosh(eta))
    lon = 15 + math.degrees(math.atan2(math.sinh(eta), math.cos(xi)))
    s2 = math.sin(conformal) ** 2
    lat = math.degrees(conformal + math.sin(conformal) * math.cos(conformal)
                       * (e2 + e2 ** 2 - (7 * e2 ** 2) / 6 * s2))
    tiles = 2 ** zoom
    y = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * tiles
    return int((lon + 180) / 360 * tiles), int(y)


def family(pid):
    pids, found = [pid], [pid]
    while pids:
        parent = pids.pop()
        children = subprocess.run(["pgrep", "-P", str(parent)], capture_output=True,
                                  text=True, check=False).stdout.split()
        pids += map(int, children)
        found += map(int, children)
    return found


def processor(pids):
    total = 0
    for pid in pids:
        with open(f"/proc/{pid}/stat", encoding="ascii") as f:
            fields = f.read().rsplit(")", 1)[1].split()
        total += int(fields[11]) + int(fields[12])
    return total / os.sysconf("SC_CLK_TCK")


def memory(pids):
    total = 0
    for pid in pids:
        with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as f:
            total += int(re.search(r"^Pss:\s+(\d+)", f.read(), re.M).group(1))
    return total / 1024


def main():
    plankarta, database = sys.argv[1:3]
    count = int(sys.argv[3]) if len(sys.argv) > 3 else 200
    places = points(database, count)
    server = subprocess.Popen(
        [plankarta, "serve", "--db", database, "--listen", "127.0.0.1:0"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        base = server.stdout.readline().split()[-1]
        time.sleep(1)
        pids = family(server.pid)
        rest = memory(pids)
        tiles = sorted({to_tile(x, y, 16) for x, y in places})
        random.Random(2).shuffle(tiles)
        work = {
            "cold tile, z16": [f"/tiles/plan/WebMercatorQuad/16/{x}/{y}.png" for x, y in tiles],
            "lookup, JSON": [f"/lookup?point={x:.1f},{y:.1f}&f=json" for x, y in places],
            "first answer page": [f"/?point={x:.1f},{y:.1f}" for x, y in places],
        }
        print("| | requests | median ms | 95th percentile ms | processor ms each |")
        print("|---|---:|---:|---:|---:|")
        for name, paths in work.items():
            before, times = processor(pids), []
            for path in paths:
                start = time.perf_counter()
                with urllib.request.urlopen(base + path, timeout=60) as answer:
                    answer.read()
                times.append((time.perf_counter() - start) * 1000)
            each = (processor(pids) - before) * 1000 / len(times)
            times.sort()
            print(f"| {name} | {len(times)} | {times[len(times) // 2]:.1f} | "
                  f"{times[int(len(times) * 0.95)]:.1f} | {each:.1f} |")
        print(f"\nMemory, sum of PSS of all processes: {rest:.0f} MB at rest, "
              f"{memory(pids):.0f} MB after.")
    finally:
        server.terminate()
        server.wait(timeout=20)


if __name__ == "__main__":
    main()
