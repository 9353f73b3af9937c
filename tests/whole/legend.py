"""The legend of a view: order, words and forms. Usage: legend.py SAMPLE_FOLDER."""

import os
import sys
import unittest

from whole import Server

SAMPLE = os.path.join(os.path.abspath(sys.argv.pop(1)), "sample.sqlite")
VIEW = "bbox=617580,6927940,617780,6928090&z=11"
ORDER = ["boundaries", "use-public", "use-building", "use-water", "use", "regulation-public",
         "regulation-building", "regulation-water", "regulation", "administrative", "plans",
         "other"]


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
        for form in ("txt", "html"):
            body = self.server.get("/styles/plan/legend.%s?%s" % (form, VIEW)).body.decode()
            at = 0
            for title in titles:
                at = body.index(title, at)

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
