"""The legend of a view: order, words and forms. Usage: legend.py SAMPLE_FOLDER."""

import collections
import html
import os
import re
import struct
import sys
import unittest
import zlib

from whole import Server

SAMPLE = os.path.join(os.path.abspath(sys.argv.pop(1)), "sample.sqlite")
VIEW = "bbox=617580,6927940,617780,6928090&z=11"
ORDER = ["boundaries", "use-public", "use-building", "use-water", "use", "regulation-public",
         "regulation-building", "regulation-water", "regulation", "administrative", "plans",
         "other"]


def pixels(png):
    """Width, height and how often each colour is there (8 bits; PLTE, RGB or RGBA)."""
    at, data, palette = 8, b"", b""
    while at < len(png):
        size, kind = struct.unpack(">I4s", png[at:at + 8])
        part = png[at + 8:at + 8 + size]
        if kind == b"IHDR":
            width, height, _, colours = struct.unpack(">IIBB", part[:10])
        palette = part if kind == b"PLTE" else palette
        data += part if kind == b"IDAT" else b""
        at += 12 + size
    wide = {2: 3, 3: 1, 6: 4}[colours]
    data, seen, above = zlib.decompress(data), collections.Counter(), bytes(width * wide)
    for row in range(height):
        start = row * (width * wide + 1)
        filter_, line = data[start], bytearray(data[start + 1:start + 1 + width * wide])
        for i in range(len(line) if filter_ else 0):
            a = line[i - wide] if i >= wide else 0
            b, c = above[i], above[i - wide] if i >= wide else 0
            p = a + b - c
            near = min((abs(p - a), 0, a), (abs(p - b), 1, b), (abs(p - c), 2, c))[2]
            line[i] = (line[i] + (0, a, b, (a + b) // 2, near)[filter_]) & 255
        above = bytes(line)
        for i in range(0, len(above), wide):
            p = above[i]
            seen[palette[3 * p:3 * p + 3] if wide == 1 else above[i:i + 3]] += 1
    return width, height, seen


class Legend(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server(SAMPLE)

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__(None)

    def sections(self, style="plan", view=VIEW, more=""):
        answer = self.server.get("/styles/%s/legend.json?%s%s" % (style, view, more))
        self.assertEqual(answer.status, 200)
        return answer.json()["sections"]

    def test_sections_come_in_the_order_of_a_plan_map(self):
        ids = [s["id"] for s in self.sections()]
        self.assertEqual(ids, sorted(ids, key=ORDER.index))
        self.assertIn("use-building", ids)
        self.assertEqual(self.sections()[0]["title"], "Gränslinjer")
        self.assertEqual(self.sections(more="&lang=en")[0]["title"], "Boundaries")
        lines = [e["class"] for e in self.sections()[0]["entries"]]
        self.assertLess(lines.index("boundary-plan"), lines.index("boundary-use"))
        self.assertLess(lines.index("boundary-use"), lines.index("boundary-property"))

    def test_each_letter_has_its_meaning_and_the_colour_of_the_theme(self):
        for theme, colour in (("standard", "#ffffce"), ("contrast-dark", "#000000")):
            uses = [s for s in self.sections(more="&theme=" + theme)
                    if s["id"] == "use-building"][0]["entries"]
            homes = [e for e in uses if e["letter"] == "B"]
            self.assertEqual([(e["title"], e["colour"]) for e in homes],
                             [("Bostäder", colour)])

    def test_only_what_is_in_view_is_named(self):
        lake = [e["letter"] for s in self.sections(view="bbox=618700,6927000,618800,6927100&z=11")
                for e in s["entries"]]
        self.assertNotIn("B", lake)
        far = self.sections(view="bbox=617000,6927400,618200,6928600&z=6")
        self.assertNotIn("regulation", [s["id"] for s in far])

    def test_text_page_and_json_name_the_same(self):
        titles = [e["title"] for s in self.sections() for e in s["entries"]]
        for form in ("txt", "html", "svg"):
            body = self.server.get("/styles/plan/legend.%s?%s" % (form, VIEW)).body.decode()
            if form == "svg":
                body = re.sub("<[^>]*>", "", body)  # lines of a row, put together again
            at = 0
            for title in titles:
                at = body.index(title, at)

    def picture(self, address):
        answer = self.server.get(address)
        self.assertEqual((answer.status, answer.headers["content-type"]), (200, "image/png"),
                         address)
        return pixels(answer.body)

    def test_the_picture_has_a_row_for_each_and_twice_the_pixels_at_2x(self):
        rows = sum(len(s["entries"]) for s in self.sections())
        one, two = (self.picture("/styles/plan/legend%s.png?%s" % (d, VIEW)) for d in ("", "@2x"))
        self.assertEqual((2 * one[0], 2 * one[1]), two[:2])
        self.assertGreater(one[1], 32 * rows)
        svg = self.server.get("/styles/plan/legend.svg?" + VIEW).body.decode()
        self.assertEqual(svg.count("<image "), rows)

    def test_a_swatch_has_the_colours_of_the_map(self):
        for theme in ("cvd", "contrast-dark"):
            page = self.server.get("/styles/plan/legend.html?%s&theme=%s" % (VIEW, theme))
            shown = self.picture("/static/base,plan/617580,6927940,617780,6928090/800x600.png"
                                 "?theme=" + theme)[2]
            svg = self.server.get("/styles/plan/legend.svg?%s&theme=%s" % (VIEW, theme))
            ground = re.search(rb'<rect [^>]*fill="#(......)"', svg.body).group(1).decode()
            swatches = re.findall(r'src="(/styles/plan/swatch[^"]*)"', page.body.decode())
            self.assertGreater(len(swatches), 10)
            for address in swatches:
                width, height, colours = self.picture(html.unescape(address))
                self.assertEqual((width, height), (48, 32))
                self.assertGreater(len(colours), 1, "nothing is drawn: " + address)
                flat = [c for c, n in colours.most_common(2) if n > 400]  # of areas, not of their edges
                for colour in flat:
                    if colour != bytes.fromhex(ground):
                        self.assertIn(colour, shown, address)

    def test_a_swatch_can_be_kept_and_a_wrong_one_is_said_to_be_wrong(self):
        page = self.server.get("/styles/plan/legend.html?" + VIEW).body.decode()
        address = html.unescape(re.search(r'src="(/styles/plan/swatch[^"]*)"', page).group(1))
        answer = self.server.get(address)
        self.assertIn("max-age", answer.headers["cache-control"])
        self.assertEqual(answer.body, self.server.get(address).body)
        for of in ("", "of=", "of=%7B%7D", "of=[1]", "of=%7B%22layer%22:%22use%22%7D",
                   "of=" + "x" * 900,
                   "of=%7B%22layer%22:%22use%22,%22kind%22:%22area%22,%22zoom%22:99,"
                   "%22values%22:%7B%7D%7D"):
            answer = self.server.get("/styles/plan/swatch.png?" + of)
            self.assertEqual(answer.status, 400, of)

    def test_without_a_view_it_is_of_the_whole_style(self):
        for style in ("plan", "base"):
            for lang in ("sv", "en"):
                more = "?lang=" + lang
                answer = self.server.get("/styles/%s/legend.json%s" % (style, more)).json()
                titles = [e["title"] for s in answer["sections"] for e in s["entries"]]
                self.assertEqual(set(titles), {c["title"] for c in answer["classes"]})
                for form in ("txt", "html", "svg"):
                    answer = self.server.get("/styles/%s/legend.%s%s" % (style, form, more))
                    for title in titles:
                        text = re.sub("<[^>]*>", "", answer.body.decode())
                        self.assertIn(title, text)
                self.picture("/styles/%s/legend.png%s" % (style, more))

    def test_the_map_page_has_the_legend_of_its_view(self):
        page = self.server.get("/?x=617680&y=6928015&z=11&lang=sv").body.decode()
        signs = page[page.index('id="teckenforklaring"'):page.index("</details>",
                     page.index('id="teckenforklaring"'))]
        self.assertIn("<h2>Användning av kvartersmark</h2>", signs)
        link = html.unescape(re.search(r'id="legend-link" href="([^"]*)"', page).group(1))
        alone = self.server.get(link).body.decode()
        for title in re.findall("<span>([^<]*)</span>", signs):
            self.assertIn(title, alone)

    def test_a_layer_is_called_by_its_title(self):
        layer = self.sections("strandskydd", "bbox=618200,6926700,619600,6927750&z=8")
        self.assertEqual([e["title"] for e in layer[0]["entries"]], ["Strandskydd"])

    def test_a_wrong_view_is_said_to_be_wrong(self):
        for view in ("bbox=1,2,3&z=4", "bbox=nan,1,2,3&z=4", "bbox=1,2,3,4", "bbox=1,2,3,4&z=99",
                     "bbox=0,0,9000000,9000000&z=13"):
            answer = self.server.get("/styles/plan/legend.json?" + view)
            self.assertEqual(answer.status, 400, view)


if __name__ == "__main__":
    unittest.main()
