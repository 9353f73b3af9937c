"""An outside map server that is good, slow, huge, wrong or points elsewhere: the map stands,
and only the good one's picture is passed on. Usage: background.py SAMPLE_FOLDER"""

import http.server
import os
import struct
import sys
import threading
import time
import unittest
import zlib

from whole import Server

FOLDER = os.path.abspath(sys.argv[1])
DB = os.path.join(FOLDER, "sample.sqlite")
TILE = "/background/ute/9/913/3128.png?tms=SWEREF99TMKommun"


def png(side):
    """One grey picture."""
    def chunk(kind, data):
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))
    rows = b"".join(b"\0" + b"\x80" * side for _ in range(side))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0))
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
            self.wfile.write(png(256))

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

    def serve(self, mode):
        return Server(DB, "--background.ute.type", "wms", "--background.ute.url",
                      f"http://127.0.0.1:{self.outside.server_port}/{mode}",
                      "--background.ute.layers", "topo", "--background.ute.timeout_s", "0.5",
                      "--background.ute.attribution", "Lantverket")

    def stands(self, server):
        page = server.get("/?lang=sv")
        self.assertEqual(page.status, 200)
        self.assertIn("Lantverket", page.body.decode())
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
            self.stands(server)
        self.assertEqual(Outside.asked, ["good"])

    def test_slow_huge_wrong_and_failing_ones_leave_the_map_standing(self):
        for mode in ("slow", "huge", "wrong", "error"):
            with self.subTest(mode), self.serve(mode) as server:
                start = time.monotonic()
                got = server.get(TILE)
                self.assertEqual(got.status, 503, mode)
                self.assertLess(len(got.body), 20000)
                self.assertLess(time.monotonic() - start, 20)
                self.stands(server)

    def test_one_that_points_elsewhere_is_not_followed(self):
        Outside.asked.clear()
        with self.serve("elsewhere") as server:
            self.assertEqual(server.get(TILE).status, 503)
        self.assertNotIn("canary", Outside.asked)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0]], verbosity=2)
