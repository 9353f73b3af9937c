"""The real server on a free port: routes, headers, raw requests, 304, publish, drain,
a killed worker. Usage: serve_test.py PLANKARTA MAKE_DATA FOLDER [TEST...]. Standard library only."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import unittest
import urllib.parse

PROGRAM, MAKE_DATA, FOLDER = (os.path.abspath(path) for path in sys.argv[1:4])
os.environ["PLANKARTA"] = PROGRAM
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../whole"))
import whole  # noqa: E402 - the folder is known from here on

SLOW = "PK_SANITIZED" in os.environ  # everything takes many times as long
TILE = "/tiles/plan/SWEREF99TMKommun/9/%d/%d.png"


def grid_tile(east, north):
    """Column and row of the municipal grid's level 9 (0.56 m) at a point."""
    size = 0.56 * 256
    return int((east - 487000) // size), int((7376440 - north) // size)


class Server(whole.Server):
    """In the tests' folder: relative names of settings are of there."""

    def __init__(self, db, *args, env=None):
        super().__init__(db, *args, env=env, cwd=FOLDER)


class Serving(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        shutil.rmtree(FOLDER, ignore_errors=True)
        os.makedirs(FOLDER)
        cls.db = os.path.join(FOLDER, "test.sqlite")
        subprocess.run([MAKE_DATA, cls.db], check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)
        cls.server = Server(cls.db)

    @classmethod
    def tearDownClass(cls):
        code = cls.server.stop()
        assert code == 0, "exit code %d" % code

    def test_every_page_answers_and_is_whole(self):
        pages = ["/", "/?q=lill%C3%A5ker", "/?point=600010,6900010", "/?x=600100&y=6900050&z=9",
                 "/lookup", "/lookup?point=600010,6900010", "/lookup?point=1,2",
                 "/property/SANDVIK_LILL%C3%85KER_1:3", "/search?q=1:3&f=html", "/hjalp",
                 "/tillganglighet", "/styles/plan/legend.html", "/lookup?property=nonsense"]
        for page in pages:
            for lang in ("sv", "en"):
                with self.subTest(page=page, lang=lang):
                    joint = "&" if "?" in page else "?"
                    answer = self.server.get(page + joint + "lang=" + lang, Accept="text/html")
                    self.assertIn(answer.status, (200, 400, 404))
                    html = answer.body.decode()
                    self.assertTrue(html.startswith("<!DOCTYPE html>"))
                    self.assertTrue(html.endswith("</html>\n"))
                    self.assertEqual(len(re.findall("<h1>", html)), 1)
                    self.assertEqual(len(re.findall("<main ", html)), 1)
                    self.assertIn('<html lang="%s">' % lang, html)
                    self.assertIn('class="skip" href="#main"', html)
                    self.assertNotRegex(html, r"\sstyle=|<style|<script>|onclick")
                    ids = re.findall(r'\sid="([^"]*)"', html)
                    self.assertEqual(len(ids), len(set(ids)), ids)
                    for name in re.findall(r'<label for="([^"]*)"', html):
                        self.assertIn(name, ids)
                    for image in re.findall(r"<img[^>]*>|<input type=\"image\"[^>]*>", html):
                        self.assertIn('alt="', image)
                    levels = [int(n) for n in re.findall(r"<h([1-6])>|<h([1-6]) ", html)
                              for n in n if n]
                    for before, after in zip(levels, levels[1:]):
                        self.assertLessEqual(after, before + 1, levels)

    def test_a_page_names_the_script_when_there_is_one(self):
        html = self.server.get("/").body.decode()
        scripts = re.findall(r'<script type="module" src="([^"]*)"></script>', html)
        self.assertEqual(len(scripts), html.count("<script"))
        for script in scripts:
            self.assertEqual(self.server.get(script).status, 200, script)
        if "PK_BARE" in os.environ:  # built where npm cannot be reached
            self.assertEqual(scripts, [])
        self.assertEqual(self.server.get("/assets/map.js").status, 200 if scripts else 404)

    def test_headers_are_strict(self):
        answer = self.server.get("/")
        policy = answer.headers["content-security-policy"]
        for part in ("default-src 'none'", "img-src 'self'", "script-src 'self'",
                     "form-action 'self'", "frame-ancestors 'self'"):
            self.assertIn(part, policy)
        self.assertEqual(answer.headers["x-content-type-options"], "nosniff")
        self.assertEqual(answer.headers["cache-control"], "no-cache")
        self.assertNotIn("access-control-allow-origin", answer.headers)

    def test_lookup_is_the_same_on_the_command_line(self):
        answer = self.server.get("/lookup?point=600010,6900010&f=json").json()
        said = json.loads(subprocess.run(
            [PROGRAM, "lookup", "--db", self.db, "--point", "600010,6900010", "--json"],
            check=True, capture_output=True).stdout)
        for one in (answer, said):
            one.pop("answered_at")
        text = json.dumps(answer).replace("http://127.0.0.1:%d" % self.server.port, "")
        self.assertEqual(json.loads(text), said)
        self.assertEqual(answer["plans"][0]["beteckning"], "P1")
        self.assertEqual(answer["coverage"], "regulations")

    def test_a_posted_shape_is_asked_about(self):
        shape = {"type": "Polygon", "coordinates": [[[600000, 6900000], [600400, 6900000],
                 [600400, 6900050], [600000, 6900050], [600000, 6900000]]]}
        answer = self.server.get("/lookup?crs=3006&f=json", "POST", json.dumps(shape).encode())
        self.assertEqual(answer.status, 200, answer.body)
        plans = {p["beteckning"] for p in answer.json()["plans"]}
        self.assertEqual(plans, {"P1", "P2"})
        for bad in (b"{}", b"[", b'{"type":"Polygon","coordinates":[[[0,0],[1,1]]]}',
                    b'{"type":"Point","coordinates":["a",1]}'):
            answer = self.server.get("/lookup?f=json", "POST", bad)
            self.assertEqual(answer.status, 400, bad)
            self.assertEqual(answer.json()["parameter"], "geometry")

    def test_mistakes_name_the_parameter(self):
        for target, parameter in (("/lookup?point=1&f=json", "point"),
                                  ("/lookup?point=1,2&crs=99&f=json", "crs"),
                                  ("/lookup?point=1,2&version=x&f=json", "version"),
                                  ("/lookup?point=1,2&datetime=2026-02-30&f=json", "datetime"),
                                  ("/lookup?f=json", "point"), ("/search", "q"),
                                  ("/search?q=a&limit=0", "limit"),
                                  ("/search?q=a&what=b", "what"), ("/search?q=a&f=gif", "f"),
                                  ("/search?q=a&lang=xx", "lang"),
                                  (TILE % (1, 1) + "?theme=none", "theme")):
            with self.subTest(target=target):
                answer = self.server.get(target)
                self.assertEqual(answer.status, 400)
                self.assertEqual(answer.headers["content-type"], "application/problem+json")
                self.assertEqual(answer.json()["parameter"], parameter)
        answer = self.server.get("/lookup?property=SANDVIK+LILL%C3%85KER+1:333&f=json")
        self.assertEqual(answer.status, 404)
        self.assertIsInstance(answer.json()["suggestions"], list)

    def test_spellings_lead_to_one_address(self):
        answer = self.server.get("/property/sandvik%20lill%C3%A5ker%201:3?f=json")
        self.assertEqual(answer.status, 308)
        target = answer.headers["location"]
        self.assertEqual(target, "/property/SANDVIK_LILL%C3%85KER_1:3?f=json")
        self.assertEqual(self.server.get(target).status, 200)
        answer = self.server.get("/plan?beteckning=P3")
        self.assertEqual(answer.status, 303)
        plan = self.server.get(answer.headers["location"] + "?f=json").json()
        self.assertEqual(plan["beteckning"], "P3")
        regulation = self.server.get("/regulation/%s?f=json" % plan["regulations"][0]["id"])
        self.assertEqual(regulation.json()["bestammelseformulering"], "Bostäder")
        answer = self.server.get("/?x=600100&y=6900050&z=9&klick.x=320&klick.y=200")
        self.assertEqual(answer.status, 303)
        self.assertIn("point=600100.3,6900049.7", answer.headers["location"])

    def test_tiles_have_etags_and_304(self):
        x, y = grid_tile(600100, 6900050)
        first = self.server.get(TILE % (x, y))
        self.assertEqual((first.status, first.headers["content-type"]), (200, "image/png"))
        self.assertTrue(first.body.startswith(b"\x89PNG"))
        age = int(re.search(r"max-age=(\d+)", first.headers["cache-control"]).group(1))
        self.assertLessEqual(age, 60)
        again = self.server.get(TILE % (x, y), If_None_Match=first.headers["etag"])
        self.assertEqual((again.status, again.body), (304, b""))
        self.assertEqual(self.server.get(TILE % (x, y)).body, first.body)
        self.assertEqual(self.server.get(TILE % (x, y), "HEAD").body, b"")
        cvd = self.server.get(TILE % (x, y) + "?theme=cvd")
        self.assertNotEqual(cvd.headers["etag"], first.headers["etag"])
        ids = self.server.get((TILE % (x, y)).replace(".png", ".ids.json"))
        self.assertEqual(ids.status, 200)
        self.assertIn("ids", self.server.get("/metrics").body.decode() + "ids")
        for bad in ("/tiles/plan/SWEREF99TMKommun/99/0/0.png",
                    "/tiles/plan/SWEREF99TMKommun/0/0/999.png", "/tiles/nope/x/0/0/0.png",
                    "/tiles/plan/SWEREF99TMKommun/9/1/1@4x.png"):
            self.assertEqual(self.server.get(bad).status, 404, bad)

    def test_text_is_compressed(self):
        plain = self.server.get("/hjalp")
        import gzip
        answer = self.server.get("/hjalp", Accept_Encoding="gzip")
        self.assertEqual(answer.headers["content-encoding"], "gzip")
        self.assertEqual(gzip.decompress(answer.body), plain.body)
        self.assertEqual(self.server.get("/hjalp", Accept_Encoding="br")
                         .headers["content-encoding"], "br")
        self.assertNotEqual(answer.headers["etag"], plain.headers["etag"])

    def test_raw_requests(self):
        host = b"Host: a\r\n"
        get = b"GET /health HTTP/1.1\r\n" + host
        chunked = b"POST /lookup HTTP/1.1\r\n" + host + b"Transfer-Encoding: chunked\r\n\r\n"
        cases = [
            ("plain", get + b"Connection: close\r\n\r\n", 200),
            ("no Host", b"GET /health HTTP/1.1\r\n\r\n", 400),
            ("two Hosts", get + host + b"\r\n", 400),
            ("length and encoding", b"POST /lookup HTTP/1.1\r\n" + host + b"Content-Length: 4"
             b"\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /x HTTP/1.1\r\n\r\n", 400),
            ("two lengths", b"POST /lookup HTTP/1.1\r\n" + host + b"Content-Length: 4\r\n"
             b"Content-Length: 40\r\n\r\nabcd", 400),
            ("odd length", b"POST /lookup HTTP/1.1\r\n" + host + b"Content-Length: +4\r\n\r\n"
             b"abcd", 400),
            ("odd encoding", b"POST /lookup HTTP/1.1\r\n" + host +
             b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 400),
            ("body on GET", get + b"Content-Length: 4\r\n\r\nabcd", 400),
            ("large body", b"POST /lookup HTTP/1.1\r\n" + host +
             b"Content-Length: 99999999\r\n\r\n", 413),
            ("percent NUL", b"GET /p%00evil HTTP/1.1\r\n" + host + b"Connection: close\r\n\r\n",
             400),
            ("encoded slash", b"GET /a%2fb HTTP/1.1\r\n" + host + b"Connection: close\r\n\r\n",
             400),
            ("long target", b"GET /" + b"a" * 4000 + b" HTTP/1.1\r\n" + host +
             b"Connection: close\r\n\r\n", 414),
            ("1000 arguments", b"GET /?" + b"&".join(b"a%d=1" % i for i in range(1000)) +
             b" HTTP/1.1\r\n" + host + b"Connection: close\r\n\r\n", 414),
            ("300 short arguments", b"GET /?" + b"&".join(b"a%d" % i for i in range(300)) +
             b" HTTP/1.1\r\n" + host + b"Connection: close\r\n\r\n", 400),
            ("HTTP/9.9", b"GET / HTTP/9.9\r\n" + host + b"\r\n", 505),
            ("odd method", b"BREW / HTTP/1.1\r\n" + host + b"Connection: close\r\n\r\n", 405),
            ("DELETE", b"DELETE / HTTP/1.1\r\n" + host + b"Connection: close\r\n\r\n", 405),
            ("raw NUL in a name", get + b"X\0Y: a\r\n\r\n", 400),
            ("bare CR", get + b"X: a\rb\r\n\r\n", 400),
            ("folded first header", b"GET /health HTTP/1.1\r\n Host: a\r\n\r\n", 400),
            ("blank before the colon", get + b"X : a\r\n\r\n", 400),
            ("header without a colon", get + b"X\r\n\r\n", 400),
            ("NUL in the target", b"GET /health\0x HTTP/1.1\r\n" + host + b"\r\n", 400),
            ("NUL in a value", get + b"X: a\0b\r\n\r\n", 400),
            ("NUL behind a length", b"POST /lookup HTTP/1.1\r\n" + host +
             b"Content-Length: 4\0\r\n\r\nabcd", 400),
            ("lone LF behind the first line", b"GET /health HTTP/1.1\n" + host + b"\r\n", 400),
            ("lone LF behind a header", get + b"X: a\n\r\n", 400),
            ("lone LF at the end", get + b"\n", 400),
            ("lone LFs all over", b"GET /health HTTP/1.1\nHost: a\n\n", 400),
            ("folded header", get + b"X: a\r\n b\r\n\r\n", 400),
            ("folded length", b"POST /lookup HTTP/1.1\r\n" + host +
             b"Content-Length: 4\r\n\t0\r\n\r\nabcd", 400),
            ("folded by a lone LF", get + b"X: a\n b\r\n\r\n", 400),
            ("list of lengths", b"POST /lookup HTTP/1.1\r\n" + host +
             b"Content-Length: 4, 4\r\n\r\nabcd", 400),
            ("chunks in HTTP/1.0", b"POST /lookup HTTP/1.0\r\n" + host +
             b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
            ("chunk with an extension", chunked + b"2;a=b\r\n{}\r\n0\r\n\r\n", 400),
            ("chunk ended by LF", chunked + b"2\n{}\r\n0\r\n\r\n", 400),
            ("trailers", chunked + b"2\r\n{}\r\n0\r\nX: a\r\n\r\n", 400),
            ("many headers", get + b"".join(b"X%d: a\r\n" % i for i in range(5000)) + b"\r\n",
             431),
        ]
        for name, data, status in cases:
            with self.subTest(name=name):
                begun = time.monotonic()
                answer = self.server.raw(data, 3)
                self.assertTrue(answer.startswith(b"HTTP/1.1 %d " % status), answer[:200])
                self.assertLess(time.monotonic() - begun, 3)
        three = self.server.raw((get + b"\r\n") * 2 + get + b"Connection: close\r\n\r\n")
        self.assertEqual(three.count(b"HTTP/1.1 200 "), 3)
        # One reading of where requests end: what hides in a body is no request, and what
        # comes behind a refused one is not looked at.
        hidden = get + b"X-Hidden: 1\r\nConnection: close\r\n\r\n"
        posted = b"POST /lookup?f=json HTTP/1.1\r\n" + host + b"Content-Length: %d\r\n\r\n"
        for name, data, statuses in (
                ("in a body", posted % len(hidden) + hidden + get + b"Connection: close\r\n\r\n",
                 [400, 200]),
                ("plain, then folded", get + b"\r\n" + get + b"X: a\r\n b\r\n\r\n" + hidden,
                 [200, 400]),
                ("plain, then a lone LF", get + b"\r\n" + get + b"X: a\n\r\n" + hidden, [200, 400]),
                ("behind chunks", chunked + b"2\r\n{}\r\n0\r\n\r\n" + hidden, [400, 200]),
                ("an empty line first", b"\r\n" + hidden, [200])):
            with self.subTest(name=name):
                answer = self.server.raw(data, 5)
                found = [int(n) for n in re.findall(rb"HTTP/1\.1 (\d+) ", answer)]
                self.assertEqual(found, statuses, answer)
        with self.server.connect() as s:  # a body that waits to be asked for
            s.settimeout(5)
            s.sendall((posted % 2).replace(b"\r\n\r\n", b"\r\nExpect: 100-continue\r\n\r\n"))
            self.assertTrue(s.recv(100).startswith(b"HTTP/1.1 100 "))
            s.sendall(b"{}")
            self.assertTrue(s.recv(4096).startswith(b"HTTP/1.1 400 "))  # no geometry
        with self.server.connect() as s:  # a request in many pieces is the same request
            for byte in get + b"Connection: close\r\n\r\n":
                s.sendall(bytes([byte]))
            self.assertTrue(s.recv(100).startswith(b"HTTP/1.1 200 "))

    def test_requests_problems_and_connections_are_counted(self):
        before = metrics(self.server)
        self.assertEqual(set(before), set(METRICS))
        self.assertEqual(self.server.get("/nope").status, 404)
        after = metrics(self.server)
        self.assertEqual(after["requests_total"], before["requests_total"] + 2)
        self.assertEqual(after["errors_total"], before["errors_total"] + 1)
        at_rest = self.connections_at_rest()
        with self.server.connect(), self.server.connect():
            self.assertEqual(self.connections_at_rest(), at_rest + 2)
        self.assertEqual(self.connections_at_rest(), at_rest)

    def connections_at_rest(self):
        """How many there are when those of earlier requests have been closed and new ones
        taken: the same for half a second."""
        end = time.monotonic() + 20
        seen, since = metrics(self.server)["connections"], time.monotonic()
        while time.monotonic() - since < 0.5:
            now = metrics(self.server)["connections"]
            if now != seen:
                seen, since = now, time.monotonic()
            self.assertLess(time.monotonic(), end)
            time.sleep(0.02)
        return seen

    def test_operations(self):
        end = time.monotonic() + 10
        while self.server.get("/health").json()["writer"] == "starting":
            self.assertLess(time.monotonic(), end)
            time.sleep(0.02)
        self.assertEqual(self.server.get("/health").json(), {
            "status": "ok", "database": "readable", "writer": "running", "version": 1})
        self.assertEqual(self.server.get("/ready").json(),
                         {"ready": True, "reason": None, "version": 1})
        self.assertTrue(self.server.get("/ready").json()["ready"])
        metrics = self.server.get("/metrics").body.decode()
        value = int(re.search(r"^plankarta_requests_total (\d+)$", metrics, re.M).group(1))
        self.assertGreater(value, 2)
        self.assertEqual(self.server.get("/nope").status, 404)
        self.assertEqual(self.server.get("/assets/style.css").status, 200)
        self.assertEqual(self.server.get("/assets/../main.c").status, 400)
        self.assertEqual(self.server.get("/assets/nope.js").status, 404)


def metrics(server):
    """Everything /metrics says, as numbers."""
    text = server.get("/metrics").body.decode()
    return {name: int(value) for name, value in
            re.findall(r"^plankarta_(\w+) (\d+)$", text, re.M)}


# Counters and gauges, and the test below that sees each change. Those of unit/test_jobs.c
# would take half a minute here.
METRICS = {
    "requests_total": "requests", "errors_total": "requests", "cache_misses_total": "tiles",
    "cache_hits_total": "tiles", "cache_checked_total": "tiles", "drawn_total": "tiles",
    "cache_bytes": "tiles", "cache_entries": "tiles", "data_version": "tiles",
    "joined_total": "queue", "refused_total": "queue", "waiting": "queue",
    "connections": "connections", "reaped_total": "slow headers",
    "start_time_seconds": "killed worker", "expired_total": "unit/test_jobs.c"}


class Lives(unittest.TestCase):
    """Servers of their own: publish, slow clients, drain, death, configuration."""

    def setUp(self):
        self.folder = os.path.join(FOLDER, self._testMethodName)
        os.makedirs(self.folder)
        self.db = os.path.join(self.folder, "test.sqlite")
        self.make()

    def make(self, *wording):
        subprocess.run([MAKE_DATA, self.db, *wording], check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)

    def test_an_edit_changes_its_tiles_and_no_others(self):
        server = Server(self.db)
        tiles = sorted({grid_tile(600000 + 40 * i, 6900050) for i in range(150)})
        empty = metrics(server)
        self.assertEqual((empty["data_version"], empty["cache_entries"]), (1, 0))
        before = {t: server.get(TILE % t).headers["etag"] for t in tiles}
        first = metrics(server)
        for name, more in (("drawn_total", len(tiles)), ("cache_misses_total", len(tiles)),
                           ("cache_entries", len(tiles)), ("cache_hits_total", 0)):
            self.assertEqual(first[name], empty[name] + more, name)
        self.assertGreater(first["cache_bytes"], empty["cache_bytes"])
        server.get(TILE % tiles[0])
        again = metrics(server)
        self.assertEqual(again["cache_hits_total"], first["cache_hits_total"] + 1)
        self.assertEqual(again["drawn_total"], first["drawn_total"])
        self.make("Industri")
        end = time.monotonic() + 5
        while server.get("/health").json()["version"] != 2 and time.monotonic() < end:
            time.sleep(0.05)
        self.assertEqual(server.get("/health").json()["version"], 2)
        changed = []
        for tile, etag in before.items():
            answer = server.get(TILE % tile, If_None_Match=etag)
            if answer.status != 304:
                changed.append(tile)
                self.assertNotEqual(answer.headers["etag"], etag)
        self.assertTrue(changed)
        self.assertLessEqual(len(changed), 4, changed)  # the plan is 200 m wide
        now = metrics(server)
        self.assertEqual(now["data_version"], 2)
        # Those not touched were looked at and kept; each is looked at once.
        self.assertGreaterEqual(now["cache_checked_total"], len(tiles) - len(changed))
        self.assertGreaterEqual(now["drawn_total"] - again["drawn_total"], len(changed))
        fresh = Server(self.db, "--no-cache")
        for tile in tiles:
            self.assertEqual(server.get(TILE % tile).body, fresh.get(TILE % tile).body, tile)
        self.assertEqual(fresh.stop(), 0)
        self.assertEqual(server.stop(), 0)
        self.assertFalse([e for e in server.log if "name=worker" in e], server.log)

    def wait(self, server, what, seconds=5.0):
        """Until `what` (of /health) is true; the last health."""
        end = time.monotonic() + seconds
        while True:
            health = server.get("/health").json()
            if what(health) or time.monotonic() > end:
                self.assertTrue(what(health), health)
                return health
            time.sleep(0.01)

    def test_an_old_version_is_drawn_as_it_was(self):
        server = Server(self.db)
        targets = []
        for i in range(6):
            x, y = grid_tile(600010 + 40 * i, 6900050)
            for style in ("plan", "property_unit"):
                tile = "/tiles/%s/SWEREF99TMKommun/9/%d/%d" % (style, x, y)
                targets += [tile + ".png", tile + "@2x.png", tile + ".ids.png",
                            tile + ".ids.json"]
        box = "599900,6899900,600900,6900400"
        targets += ["/static/base,property_unit,plan/%s/500x250.png" % box,
                    "/tiles/plan/WebMercatorQuad/5/17/8.png"]
        kept = {target: server.get(target) for target in targets}
        self.assertEqual({answer.status for answer in kept.values()}, {200})
        self.make("Industri")
        self.wait(server, lambda h: h["version"] == 2)
        now = {target: server.get(target).body for target in targets}
        self.assertTrue(any(now[t] != kept[t].body for t in targets))

        def compare(running):
            for target in targets:
                answer = running.get(target + "?version=1")
                self.assertEqual(answer.status, 200, (target, answer.body))
                self.assertEqual(answer.body, kept[target].body, target)
                self.assertIn("immutable", answer.headers["cache-control"])
                self.assertEqual(answer.headers["plankarta-version"], "1")
                self.assertEqual(running.get(target).body, now[target], target)

        compare(server)
        for target in (targets[0], targets[-2]):
            answer = server.get(target + "?version=99")
            self.assertEqual(answer.status, 404)
            self.assertIn("version 99", answer.body.decode())
        lookup = "/lookup?point=600010,6900010&f=json"
        self.assertIn("Skola", server.get(lookup + "&version=1").body.decode())
        self.assertNotIn("Skola", server.get(lookup + "&version=2").body.decode())
        self.assertEqual(server.stop(), 0)
        import sqlite3  # packs of version 1 are gone: made from the rows, the same bytes
        with sqlite3.connect(self.db) as db:
            db.execute("UPDATE setting SET value = '2' WHERE name = 'packs_from'")
            if db.execute("SELECT changes()").fetchone()[0] == 0:
                db.execute("INSERT INTO setting VALUES ('packs_from', '2')")
            db.execute("DELETE FROM pack WHERE from_version = 1 AND EXISTS (SELECT 1 FROM "
                       "pack p WHERE p.family = pack.family AND p.band = pack.band AND "
                       "p.cell = pack.cell AND p.from_version = 2)")
        db.close()
        server = Server(self.db)
        compare(server)
        self.assertEqual(server.stop(), 0)

    def test_a_legal_day_is_drawn_as_it_was(self):
        server = Server(self.db)
        x, y = grid_tile(600100, 6900050)  # in force since 2019-03-04
        tile = TILE % (x, y)
        box = "/static/plan/599900,6899900,600900,6900400/500x250.png"
        today = time.strftime("%Y-%m-%d")
        for target in (tile, tile.replace(".png", ".ids.png"), box):
            now = server.get(target)
            self.assertEqual(now.status, 200)
            self.assertEqual(server.get(target + "?datetime=" + today).body, now.body)
            self.assertEqual(server.get(target + "?datetime=2019-03-04").body, now.body)
            self.assertEqual(server.get(target + "?version=1&datetime=2019-03-04").body,
                             now.body)
            before = server.get(target + "?datetime=2019-03-03")
            self.assertEqual(before.status, 200)
            if ".ids." not in target:
                self.assertNotEqual(before.body, now.body, target)
            self.assertNotIn("immutable", before.headers["cache-control"])
            both = server.get(target + "?datetime=2019-03-03&version=1")
            self.assertEqual(both.body, before.body)
            self.assertIn("immutable", both.headers["cache-control"])
            self.assertEqual(server.get(target + "?datetime=2019-02-30").json()["parameter"],
                             "datetime")
            self.assertEqual(server.get(target).body, now.body)  # nothing stale was cached
        coverage = lambda day: server.get(
            "/lookup?point=600010,6900010&f=json&datetime=" + day).json()["coverage"]
        self.assertEqual(coverage("2019-03-04"), "regulations")
        self.assertEqual(coverage("2019-03-03"), "ongoing")
        self.assertEqual(server.stop(), 0)

    def test_the_writer_is_watched_and_comes_back(self):
        server = Server(self.db)
        running = lambda h: h["writer"] == "running" and h["status"] == "ok"
        self.wait(server, running)
        writer = server.children()[0]
        os.kill(writer, signal.SIGSTOP)
        health = self.wait(server, lambda h: h["writer"] == "not answering", 8)
        self.assertEqual(health["status"], "degraded")
        self.assertTrue(server.get("/ready").json()["ready"])  # readers are served
        os.kill(writer, signal.SIGCONT)
        self.wait(server, running)
        os.kill(writer, signal.SIGKILL)
        end = time.monotonic() + 5
        while writer in server.children() or len(server.children()) < 2:
            self.assertLess(time.monotonic(), end)
            time.sleep(0.02)
        time.sleep(3.2)  # the old one's answers are too old by now
        self.wait(server, running)
        self.assertEqual(server.stop(), 0)
        self.assertTrue([e for e in server.log if "name=writer" in e])

    def test_an_import_into_a_served_file_is_seen_at_once(self):
        server = Server(self.db)
        source = os.path.join(self.folder, "lekplatser.geojson")
        ring = [[600300, 6900300], [600400, 6900300], [600400, 6900400], [600300, 6900300]]
        with open(source, "w", encoding="utf-8") as f:
            json.dump({"type": "FeatureCollection", "name": "lekplatser", "crs": {
                "type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3006"}},
                "features": [{"type": "Feature", "id": 1, "properties": {"namn": "Backen"},
                              "geometry": {"type": "Polygon", "coordinates": [ring]}}]}, f)
        done = subprocess.run([PROGRAM, "import", "--db", self.db, "--json", source],
                              capture_output=True, timeout=60, check=False)
        returned = time.monotonic()
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(json.loads(done.stdout)["version"], 2)
        self.wait(server, lambda h: h["version"] == 2, 0.1)
        self.assertLess(time.monotonic() - returned, 0.15)
        answer = server.get("/tiles/lekplatser/SWEREF99TMKommun/9/%d/%d.png"
                            % grid_tile(600380, 6900330))
        self.assertEqual(answer.status, 200, answer.body)
        self.assertEqual(server.stop(), 0)

    def test_a_killed_worker_comes_back_on_the_same_port(self):
        server = Server(self.db)
        worker = server.children()[-1]
        began = metrics(server)["start_time_seconds"]
        self.assertLess(abs(began - time.time()), 30)
        time.sleep(1.1)
        os.kill(worker, signal.SIGKILL)
        end = time.monotonic() + 10
        answer = whole.Answer(b"")
        while answer.status != 200 and time.monotonic() < end:
            try:
                answer = server.get("/health")
            except OSError:
                time.sleep(0.05)
        self.assertEqual(answer.status, 200)
        self.assertNotIn(worker, server.children())
        self.assertGreater(metrics(server)["start_time_seconds"], began)
        self.assertEqual(server.stop(), 0)

    def test_stopping_finishes_what_was_begun(self):
        server = Server(self.db, "--workers", "1")
        box = "599900,6899900,601900,6901900"
        answers = []
        side = 500 if SLOW else 1500  # the server has ten seconds to finish

        def ask(i):
            answers.append(server.get("/static/base,plan/%s/%dx%d.png" % (box, side + i, side)))

        idle = server.connect()  # a connection that asks nothing must not hold the stop
        threads = [threading.Thread(target=ask, args=(i,)) for i in range(4)]
        for thread in threads:
            thread.start()
        time.sleep(0.3)
        begun = time.monotonic()
        self.assertEqual(server.stop(), 0)
        self.assertLess(time.monotonic() - begun, 9)
        for thread in threads:
            thread.join()
        idle.close()
        self.assertEqual(len(answers), 4)
        for answer in answers:
            self.assertIn(answer.status, (200, 503))
            if answer.status == 200:
                self.assertEqual(len(answer.body), int(answer.headers["content-length"]))

    def test_beyond_the_queue_is_503_with_retry_after(self):
        server = Server(self.db, "--workers", "1", "--queue", "2")
        statuses = []

        def ask(i):
            answer = server.get("/static/base,plan/599900,6899900,605900,6901900/%dx1200.png"
                                % (2000 + i))
            statuses.append((answer.status, answer.headers.get("retry-after")))

        threads = [threading.Thread(target=ask, args=(i,)) for i in range(24)]
        for thread in threads:
            thread.start()
        health = server.get("/health")
        self.assertEqual(health.status, 200)  # HTTP threads are free meanwhile
        end, joined = time.monotonic() + 5, []
        while metrics(server)["waiting"] == 0 and time.monotonic() < end:
            time.sleep(0.01)
        self.assertGreater(metrics(server)["waiting"], 0)
        for thread in threads:
            thread.join()
        seen = metrics(server)
        self.assertEqual(seen["refused_total"], statuses.count((503, "1")))
        self.assertEqual(seen["waiting"], 0)
        same = "/static/base,plan/599900,6899900,605900,6901900/1999x1200.png"
        threads = [threading.Thread(target=lambda: joined.append(server.get(same).body))
                   for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(len(set(joined)), 1)
        self.assertEqual(metrics(server)["joined_total"] + metrics(server)["drawn_total"],
                         seen["joined_total"] + seen["drawn_total"] + 4)
        self.assertGreater(metrics(server)["joined_total"], seen["joined_total"])
        self.assertIn((503, "1"), statuses)
        self.assertIn((200, None), statuses)
        self.assertEqual({s for s, _ in statuses}, {200, 503})
        self.assertEqual(server.stop(), 0)

    def test_slow_headers_are_cut(self):
        server = Server(self.db)
        self.assertEqual(metrics(server)["reaped_total"], 0)
        begun = time.monotonic()
        with server.connect() as s:
            s.settimeout(0.2)
            s.sendall(b"GET /health HTTP/1.1\r\n")
            cut = False
            while not cut and time.monotonic() - begun < 20:
                try:
                    s.sendall(b"X: y\r\n")
                    cut = s.recv(100) == b""
                except socket.timeout:
                    time.sleep(0.3)
                except OSError:
                    cut = True
        self.assertTrue(cut)
        self.assertLess(time.monotonic() - begun, 14)
        self.assertEqual(metrics(server)["reaped_total"], 1)
        self.assertEqual(server.stop(), 0)

    def test_a_file_that_cannot_be_read_is_told_until_it_can(self):
        import fcntl
        server = Server(self.db)
        self.wait(server, lambda h: h["status"] == "ok")
        with open(self.db + "-shm", "r+b") as f:  # the bytes where readers lock, one by one
            held = []
            end = time.monotonic() + 20
            while len(held) < 5 and time.monotonic() < end:
                for byte in set(range(123, 128)) - set(held):
                    try:
                        fcntl.lockf(f, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, byte)
                        held.append(byte)
                    except OSError:
                        time.sleep(0.001)
            self.assertEqual(len(held), 5)
            health = self.wait(server, lambda h: h["database"] == "not readable", 20)
            self.assertEqual(health["status"], "degraded")
            ready = server.get("/ready")
            self.assertEqual((ready.status, ready.json()["reason"]),
                             (503, "the database is not readable"))
        self.wait(server, lambda h: h["database"] == "readable" and h["status"] == "ok", 20)
        self.assertTrue(server.get("/ready").json()["ready"])
        self.assertEqual(server.stop(), 0)

    def test_a_server_that_stops_says_so_and_one_without_a_writer_too(self):
        alone = os.path.join(self.folder, "plankarta")
        shutil.copy(PROGRAM, alone)
        whole.PROGRAM = alone  # plankarta-work is not beside it
        try:
            server = Server(self.db)
        finally:
            whole.PROGRAM = PROGRAM
        health = server.get("/health").json()
        if not SLOW:  # three seconds from its start
            self.assertEqual((health["writer"], health["status"]), ("starting", "ok"))
        health = self.wait(server, lambda h: h["writer"] == "not answering", 10)
        self.assertEqual(health["status"], "degraded")
        ready = server.get("/ready")
        self.assertEqual((ready.status, ready.json()["ready"]), (200, True))
        with server.connect() as s:
            s.sendall(b"GET /ready HTTP/1.1\r\nHost: a\r\n")
            time.sleep(0.2)
            server.process.send_signal(signal.SIGTERM)
            time.sleep(0.5)
            s.sendall(b"\r\n")
            answer = whole.Answer(s.recv(4096))
        self.assertEqual((answer.status, answer.json()["reason"]), (503, "stopping"))
        self.assertFalse(answer.json()["ready"])
        self.assertEqual(server.stop(), 0)

    def test_settings_are_heard_and_mistakes_end_with_2(self):
        with open(os.path.join(self.folder, "p.conf"), "w", encoding="utf-8") as f:
            f.write("name.sv = Fjällnäs <karta>\ncolour = #336900\nframe_ancestors = "
                    "https://e.example\ncors_origins = https://a.example\n"
                    "links.1.text = Fråga\nlinks.1.url = https://b.example/\n")
        server = Server(self.db, "--config", os.path.join(self.folder, "p.conf"),
                        env={"PLANKARTA_CONTACT_NAME": "Planavdelningen"})
        answer = server.get("/", Accept="text/html", Origin="https://a.example")
        html = answer.body.decode()
        self.assertIn(">Fjällnäs &lt;karta&gt;</a>", html)
        self.assertIn("Planavdelningen", html)
        self.assertIn("påhittad", html.lower())  # municipality 9901
        self.assertIn("frame-ancestors https://e.example",
                      answer.headers["content-security-policy"])
        self.assertEqual(answer.headers["access-control-allow-origin"], "https://a.example")
        self.assertNotIn("access-control-allow-origin",
                         server.get("/", Origin="https://b.example").headers)
        self.assertIn("#336900", server.get("/assets/municipality.css").body.decode())
        self.assertEqual(server.stop(), 0)
        for args in (["--workers", "0"], ["--listen", "nonsense"], ["--nonsense", "1"],
                     ["--colour", "red"], ["--theme", "none"], ["--db", "/no/such.sqlite"],
                     ["--style", "/no/such.json"]):
            done = subprocess.run([PROGRAM, "serve", "--db", self.db, *args], timeout=30,
                                  capture_output=True, check=False)
            self.assertIn(done.returncode, (1, 2), args)
            self.assertEqual(done.stdout, b"", args)

    def test_a_bad_style_leaves_the_last_good_one(self):
        path = os.path.join(self.folder, "own.json")
        good = ('{"version":8,"name":"own","layers":[{"id":"g","type":"background",'
                '"paint":{"background-color":"%s"}}]}')

        def write(text):
            with open(path + ".new", "w", encoding="utf-8") as f:
                f.write(text)
            os.replace(path + ".new", path)

        def until(server, what):
            end = time.monotonic() + 10
            while not what() and time.monotonic() < end:
                time.sleep(0.05)
            self.assertTrue(what(), server.get("/health").body)

        write(good % "#ff0000")
        server = Server(self.db, "--style", path)
        tile = "/tiles/own/WebMercatorQuad/3/4/2.png"
        red = server.get(tile).body
        write(good % "rd")
        until(server, lambda: "style" in server.get("/health").json())
        health = server.get("/health").json()
        self.assertEqual(health["status"], "degraded")
        self.assertIn("layers[0].paint.background-color", health["style"])
        self.assertEqual(server.get(tile).body, red)
        write(good % "#00ff00")
        until(server, lambda: server.get("/health").json()["status"] == "ok")
        self.assertNotEqual(server.get(tile).body, red)
        self.assertEqual(server.stop(), 0)
        write("{")
        server = Server(self.db, "--style", path)  # as after a crash: the rest is served
        self.assertEqual(server.get("/health").json()["status"], "degraded")
        self.assertEqual(server.get(tile).status, 404)
        self.assertEqual(server.get(tile.replace("own", "plan")).status, 200)
        self.assertEqual(server.stop(), 0)

    def test_a_dead_background_leaves_the_map_standing(self):
        with socket.socket() as dead:
            dead.bind(("127.0.0.1", 0))
            dead.listen()  # accepts and never answers
            server = Server(self.db, "--background.lm.type", "wms", "--background.lm.url",
                            "http://127.0.0.1:%d/wms" % dead.getsockname()[1],
                            "--background.lm.layers", "topo", "--background.lm.timeout_s",
                            "0.5", "--background.lm.attribution", "Lantverket")
            begun = time.monotonic()
            self.assertEqual(server.get("/background/lm/3/4/2.png").status, 503)
            self.assertLess(time.monotonic() - begun, 3)
            begun = time.monotonic()  # it rests now: no waiting
            self.assertEqual(server.get("/background/lm/3/4/3.png").status, 503)
            self.assertLess(time.monotonic() - begun, 0.4)
            self.assertEqual(server.get("/background/other/3/4/3.png").status, 404)
            page = server.get("/")
            self.assertEqual(page.status, 200)
            self.assertIn("Lantverket", page.body.decode())
            self.assertEqual(server.stop(), 0)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], "-v", *sys.argv[4:]])
