"""One edit while the server runs: almost every tile stays what it was, and every tile is
what a fresh drawing gives. Usage: edit.py PLANKARTA-made folder: edit.py FOLDER PLANS TILES."""

import glob
import json
import os
import random
import sqlite3
import subprocess
import sys
import time
import unittest
import uuid

from whole import PROGRAM, Server, answer, command

FOLDER = os.path.abspath(sys.argv[1])
PLANS, TILES = int(sys.argv[2]), int(sys.argv[3])
HERE = os.path.dirname(os.path.abspath(__file__))
TILE = "/tiles/plan/SWEREF99TMKommun/%d/%d/%d.png"
# SWEREF99TMKommun: level and metres per pixel; origin as the server's own description says.
LEVELS = {8: 1.12, 9: 0.56, 10: 0.28}
ORIGIN = (487000, 7376440)


def tile_at(level, east, north):
    size = LEVELS[level] * 256
    return level, int((east - ORIGIN[0]) // size), int((ORIGIN[1] - north) // size)


def middle_of(db, regulation):
    with sqlite3.connect("file:%s?mode=ro" % db, uri=True) as c:
        box = c.execute("SELECT xmin, ymin, xmax, ymax FROM idx_regulation_part_geometry "
                        "WHERE pkid IN (SELECT row_id FROM regulation_part "
                        "WHERE feature_id = ?)", (uuid.UUID(regulation).bytes,)).fetchone()
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2


def occupied(db, count, seed):
    """Distinct tiles over random plans: [(level, column, row)]."""
    with sqlite3.connect("file:%s?mode=ro" % db, uri=True) as c:
        boxes = c.execute("SELECT xmin, ymin, xmax, ymax FROM idx_plan_part_geometry").fetchall()
    chance, tiles = random.Random(seed), set()
    for _ in range(count * 200):
        if len(tiles) == count:
            break
        box, level = chance.choice(boxes), chance.choice(list(LEVELS))
        east, north = (chance.uniform(box[i], box[i + 2]) for i in (0, 1))
        tiles.add(tile_at(level, east, north))
    return sorted(tiles)


class Edit(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.db = os.path.join(FOLDER, "sample.sqlite")
        cls.plans = sorted(glob.glob(os.path.join(FOLDER, "files", "plans", "*.json")))
        if not cls.plans or not os.path.exists(cls.db):
            subprocess.run(["sh", os.path.join(HERE, "..", "make_sample.sh"), PROGRAM, FOLDER,
                            str(PLANS)], check=True, stdout=subprocess.DEVNULL)
            cls.plans = sorted(glob.glob(os.path.join(FOLDER, "files", "plans", "*.json")))
        else:  # what an earlier run published is taken back
            if answer("history", "--db", cls.db)["versions"][-1]["version"] != 1:
                command("rollback", "--db", cls.db, "--to", 1)
        cls.tiles = occupied(cls.db, TILES, 7)

    def edited(self):
        """The first delivery with one regulation's wording changed; and the plan's name."""
        with open(self.plans[0], encoding="utf-8") as f:
            document = json.load(f)
        chosen = next(f["properties"] for f in document["features"]
                      if f["properties"]["feature:typ"] == "användningsbestämmelse")
        wordings = {f["properties"].get("bestammelseformulering") for f in document["features"]
                    if f["properties"]["feature:typ"] == "användningsbestämmelse"}
        chosen["bestammelseformulering"] = next(
            w for w in sorted(w for w in wordings if w) if w != chosen["bestammelseformulering"])
        path = os.path.join(FOLDER, "edited.json")
        with open(path, "w", encoding="utf-8") as f:
            json.dump(document, f, ensure_ascii=False)
        return path, chosen

    def test_an_edit_leaves_other_tiles_and_shows_everywhere_the_same(self):
        self.assertGreaterEqual(len(self.tiles), TILES * 0.9)
        path, chosen = self.edited()
        east, north = middle_of(self.db, chosen["objektidentitet"])
        there = {tile_at(level, east, north) for level in LEVELS}
        with Server(self.db) as server:
            before = {}
            for tile in set(self.tiles) | there:
                got = server.get(TILE % tile)
                self.assertEqual(got.status, 200, tile)
                before[tile] = (got.headers["etag"], got.body)
            version = server.get("/health").json()["version"]
            report = answer("import", "--db", self.db, path)
            self.assertEqual(report["version"], version + 1)
            stored = report["sources"][0]["counts"]["regulation"]
            self.assertEqual((stored["stored"], stored["refused"]), (1, 0))
            end = time.monotonic() + 20
            while server.get("/health").json()["version"] != version + 1:
                self.assertLess(time.monotonic(), end, "the server does not see the version")
                time.sleep(0.05)
            kept, bodies = 0, {}
            for tile, (etag, body) in before.items():
                got = server.get(TILE % tile, If_None_Match=etag)
                self.assertIn(got.status, (200, 304), tile)
                if got.status == 304:
                    kept += 1
                    bodies[tile] = body
                else:
                    self.assertNotEqual(got.headers["etag"], etag)
                    bodies[tile] = got.body
            share = kept / len(before)
            print("\n%d plans: %d of %d tiles answered 304 (%.1f %%)"
                  % (PLANS, kept, len(before), 100 * share))
            self.assertLess(kept, len(before), "the edit shows nowhere")
            self.assertGreaterEqual(share, 0.99)
        with Server(self.db, "--no-cache") as fresh:
            for tile, body in bodies.items():
                self.assertEqual(fresh.get(TILE % tile).body, body, tile)
        out = os.path.join(FOLDER, "tile.png")
        changed = [t for t in bodies if bodies[t] != before[t][1]]
        self.assertTrue(changed)
        for tile in changed[:5] + self.tiles[:5]:
            command("render", "--db", self.db, "--style", "plan", "--tms", "SWEREF99TMKommun",
                    "--tile", "%d/%d/%d" % tile, "-o", out)
            with open(out, "rb") as f:
                self.assertEqual(f.read(), bodies[tile], tile)
        changes = answer("diff", "--db", self.db, "--from", version, "--to", version + 1)
        self.assertEqual([p["id"] for p in changes["plans"]], [chosen["detaljplan"]])


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], "-v"])
