"""An outside map server that is good, slow, huge, wrong or points elsewhere: the map stands,
and only the good one's picture is passed on. Usage: background.py SAMPLE_FOLDER"""

import http.server
import os
import struct
import sys
import threading
import time
import unittest
import urllib.parse
import zlib

from whole import Server, command

FOLDER = os.path.abspath(sys.argv[1])
DB = os.path.join(FOLDER, "sample.sqlite")
TILE = "/background/ute/9/913/3128.png?tms=SWEREF99TMKommun"


STATIC = "/static/ute,plan/617700,6927700,618300,6928150/400x300.png"
PLAIN = "/static/plan/617700,6927700,618300,6928150/400x300.png"


def png(side, high=None):
    """One grey picture."""
    high = high or side
    def chunk(kind, data):
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))
    rows = b"".join(b"\0" + b"\x80" * side for _ in range(high))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", side, high, 8, 0, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


class Outside(http.server.BaseHTTPRequestHandler):
    asked = []

    def do_GET(self):
        mode = self.path.split("/")[1].split("?")[0]
        self.asked.append(mode)
        try:
            self.reply(mode)
        except (BrokenPipeError, ConnectionResetError):
            pass  # the server gave up on us, as it should

    def reply(self, mode):
        if mode == "slow":
            time.sleep(3)
        if mode == "elsewhere":
            self.send_response(302)
            self.send_header("Location", "/canary")
            self.end_headers()
            return
        self.send_response(500 if mode == "error" else 200)
        self.send_header("Content-Type", "text/html" if mode == "wrong" else "image/png")
        self.end_headers()
        if mode == "wrong":
            self.wfile.write(b"<html>Not a picture</html>")
        elif mode == "huge":
            for _ in range(200):
                self.wfile.write(b"\0" * 100000)
        else:
            query = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query)
            self.wfile.write(png(int(query.get("WIDTH", ["256"])[0]),
                                 int(query.get("HEIGHT", ["256"])[0])))

    def log_message(self, *_):
        pass


class Background(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.outside = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Outside)
        threading.Thread(target=cls.outside.serve_forever, daemon=True).start()

    @classmethod
    def tearDownClass(cls):
        cls.outside.shutdown()
        cls.outside.server_close()

    def serve(self, mode, *more, kind="wms"):
        return Server(DB, *more, "--background.ute.type", kind, "--background.ute.url",
                      f"http://127.0.0.1:{self.outside.server_port}/{mode}",
                      "--background.ute.layers", "topo", "--background.ute.timeout_s", "0.5",
                      "--background.ute.attribution", "Lantverket")

    def stands(self, server):
        page = server.get("/?lang=sv&background=ute")
        self.assertEqual(page.status, 200)
        self.assertIn("Lantverket", page.body.decode())
        self.assertIn("/static/ute,", page.body.decode())
        tile = server.get("/static/base,plan/617700,6927700,618300,6928150/400x300.png")
        self.assertEqual(tile.status, 200)
        self.assertGreater(len(tile.body), 10000)

    def test_a_good_one_is_passed_on_and_asked_once(self):
        Outside.asked.clear()
        with self.serve("good") as server:
            for _ in range(3):
                got = server.get(TILE)
                self.assertEqual(got.status, 200)
                self.assertTrue(got.body.startswith(b"\x89PNG"))
        self.assertEqual(Outside.asked, ["good"])

    def missing(self, page):
        """Does the page say that the outside map gives no picture?"""
        return 'data-missing="ute">' in page.body.decode()

    def test_a_good_one_lies_under_the_plans_of_pictures_and_page(self):
        with self.serve("good") as server:
            self.stands(server)
            page = server.get("/?lang=sv&background=ute")
            self.assertFalse(self.missing(page))
            self.assertIn('<option value="ute" selected>', page.body.decode())
            picture, plain = server.get(STATIC), server.get(PLAIN)
            self.assertEqual(picture.status, 200)
            self.assertNotIn("plankarta-background", picture.headers)
            self.assertNotEqual(picture.body, plain.body)
            self.assertEqual(server.get("/?background=annan").status, 400)
            Outside.asked.clear()
            self.assertEqual(server.get("/?lang=sv&background=ute&live=1").status, 200)
            self.assertEqual(Outside.asked, [], "the script asks for tiles itself")

    def test_tiles_of_a_wmts_in_another_system_are_turned(self):
        with self.serve("good", "--background.ute.matrixset", "GoogleMapsCompatible",
                        kind="wmts") as server:
            for target in (TILE, STATIC):
                got = server.get(target)
                self.assertEqual(got.status, 200, target)
                self.assertTrue(got.body.startswith(b"\x89PNG"))
                self.assertNotIn("plankarta-background", got.headers)

    def test_a_wmts_whose_tiles_we_cannot_place_is_refused(self):
        done = command("serve", "--db", DB, "--background.ute.type", "wmts",
                       "--background.ute.url", "http://127.0.0.1:1/", "--background.ute.layers",
                       "a", "--background.ute.matrixset", "3057", code=None)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("background.ute.tms", done.said)

    def test_slow_huge_wrong_and_failing_ones_leave_the_map_standing(self):
        for mode in ("slow", "huge", "wrong", "error"):
            with self.subTest(mode), self.serve(mode) as server:
                start = time.monotonic()
                got = server.get(TILE)
                self.assertEqual(got.status, 503, mode)
                self.assertLess(len(got.body), 20000)
                self.assertLess(time.monotonic() - start, 20)
                self.stands(server)
                self.says_so(server)

    def says_so(self, server):
        """In words on the page, in a header of the picture; and the plans are there."""
        page = server.get("/?lang=sv&background=ute")
        self.assertTrue(self.missing(page))
        self.assertIn("svarar inte just nu", page.body.decode())
        picture, plain = server.get(STATIC), server.get(PLAIN)
        self.assertEqual(picture.status, 200)
        self.assertEqual(picture.headers["plankarta-background"], "ute; missing")
        self.assertEqual(picture.headers["cache-control"], "no-store")
        self.assertEqual(picture.body, plain.body)

    def test_pictures_and_pages_hold_without_a_tile_asked_before(self):
        for mode in ("slow", "huge", "wrong", "error", "elsewhere"):
            for first in (STATIC, "/?lang=sv&background=ute"):
                with self.subTest(mode, first=first), self.serve(mode) as server:
                    start = time.monotonic()
                    self.assertEqual(server.get(first).status, 200)
                    self.assertLess(time.monotonic() - start, 20)
                    self.says_so(server)

    def test_a_dead_one_leaves_pictures_and_page(self):
        with Server(DB, "--background.ute.type", "wms", "--background.ute.url",
                    "http://127.0.0.1:9/", "--background.ute.layers", "topo",
                    "--background.ute.attribution", "Lantverket") as server:
            self.stands(server)
            self.says_so(server)

    def test_one_that_points_elsewhere_is_not_followed(self):
        Outside.asked.clear()
        with self.serve("elsewhere") as server:
            self.assertEqual(server.get(TILE).status, 503)
        self.assertNotIn("canary", Outside.asked)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0]], verbosity=2)
