"""What programs get: one thing as GeoJSON, a shape drawn on a picture, and an error for a
parameter that does not exist. Usage: doors.py SAMPLE_FOLDER"""

import json
import os
import re
import sys
import unittest
import urllib.parse

from whole import Server

DB = os.path.join(os.path.abspath(sys.argv[1]), "sample.sqlite")
PICTURE = "/static/base,plan/617700,6927700,618300,6928150/400x300.png"


def rings(geometry):
    for polygon in ([geometry["coordinates"]] if geometry["type"] == "Polygon"
                    else geometry["coordinates"]):
        yield from enumerate(polygon)


def signed_area(ring):
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, ring[1:])) / 2


class Doors(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server(DB)
        place = cls.server.get("/search?q=1:1&kinds=property&f=json").json()["results"][0]
        cls.property = place["href"]
        cls.point = "%.1f,%.1f" % tuple(place["point"])
        html = cls.server.get("/?lang=sv").body.decode()
        cls.plans = sorted(set(re.findall(r'href="(/plan/[0-9a-f-]+)', html)))
        full = [cls.server.get(path + "?f=json").json() for path in cls.plans[:10]]
        cls.plan = next(p for p in full if p["regulations"])

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__(None)

    def path(self, href):
        return urllib.parse.urlsplit(href).path

    def feature(self, path, **headers):
        answer = self.server.get(path, **headers)
        self.assertEqual(answer.status, 200, path)
        self.assertEqual(answer.headers["content-type"], "application/geo+json")
        return answer.json()

    def test_things_are_features_with_the_same_record_as_their_json(self):
        regulations = [self.path(r["href"]) for r in self.plan["regulations"]]
        told = {path: self.feature(path + "?f=geojson") for path in regulations}
        for path, feature in told.items():  # some have no place of their own
            self.assertEqual("bbox" in feature, feature["geometry"] is not None, path)
        regulation = next(path for path in regulations if "bbox" in told[path])
        for path in (self.path(self.plan["href"]), regulation, self.property):
            with self.subTest(path):
                feature = self.feature(path + "?f=geojson")
                self.assertEqual(feature["type"], "Feature")
                self.assertNotIn("crs", feature)
                record = self.server.get(path + "?f=json").json()
                record.pop("answered_at", None)
                feature["properties"].pop("answered_at", None)
                self.assertEqual(feature["properties"], record)
                west, south, east, north = feature["bbox"]
                self.assertTrue(10 < west <= east < 25 and 55 < south <= north < 70)
                self.assertEqual(self.feature(path, Accept="application/geo+json")["id"],
                                 feature["id"])

    def test_outer_rings_turn_against_the_clock_and_holes_with_it(self):
        for path in self.plans[:10]:
            geometry = self.feature(path + "?f=geojson")["geometry"]
            for number, ring in rings(geometry):
                self.assertEqual(ring[0], ring[-1])
                self.assertEqual(signed_area(ring) > 0, number == 0, path)

    def test_another_system_is_named(self):
        feature = self.feature(self.path(self.plan["href"]) + "?f=geojson&crs=EPSG:3006")
        self.assertEqual(feature["crs"]["properties"]["name"], "urn:ogc:def:crs:EPSG::3006")
        self.assertGreater(feature["bbox"][1], 6e6)
        wrong = self.server.get(self.path(self.plan["href"]) + "?f=geojson&crs=1")
        self.assertEqual((wrong.status, wrong.json()["parameter"]), (400, "crs"))

    def test_a_shape_is_drawn_from_wkt_and_from_geojson_alike(self):
        corners = [[617800, 6927800], [618200, 6927800], [618000, 6928100], [617800, 6927800]]
        wkt = "POLYGON ((%s))" % ", ".join("%d %d" % tuple(c) for c in corners)
        plain = self.server.get(PICTURE)
        drawn = self.server.get(PICTURE + "?shape=" + urllib.parse.quote(wkt))
        same = self.server.get(PICTURE + "?shape=" + urllib.parse.quote(json.dumps(
            {"type": "Polygon", "coordinates": [corners]})))
        self.assertEqual((plain.status, drawn.status, same.status), (200, 200, 200))
        self.assertNotEqual(plain.body, drawn.body)
        self.assertEqual(drawn.body, same.body)

    def test_a_wrong_shape_names_itself(self):
        many = "MULTIPOINT(%s)" % ",".join("1 1" for _ in range(501))
        for shape in ("", "POLYGON", "POLYGON((1 1,2 2,1 1))", "CIRCLE(1 1)", "POINT(1 1) x",
                      "{}", '{"type":"Point"}', "POINT(9 9)", "POINT EMPTY", many):
            with self.subTest(shape[:20]):
                got = self.server.get(PICTURE + "?shape=" + urllib.parse.quote(shape))
                self.assertIn(got.status, (400, 414))
                if got.status == 400 and got.body:
                    self.assertEqual(got.json().get("parameter", "shape"), "shape")

    def test_programs_hear_of_a_parameter_that_does_not_exist(self):
        point = "/lookup?point=%s&" % self.point
        for path in (point + "f=json&zz=1", point + "f=txt&zz=1", "/search?q=a&zz=1",
                     PICTURE + "?zz=1", self.path(self.plan["href"]) + "?f=json&zz=1",
                     self.property + "?f=geojson&zz=1"):
            got = self.server.get(path)
            self.assertEqual((got.status, got.json()["parameter"]), (400, "zz"), path)
        got = self.server.get(point + "zz=1", Accept="application/json")
        self.assertEqual(got.status, 400)

    def test_links_to_pages_may_carry_arguments_of_others(self):
        for path in ("/?utm_source=brev", "/lookup?point=%s&utm_source=brev" % self.point,
                     self.path(self.plan["href"]) + "?fbclid=x", self.property + "?utm_x=1"):
            self.assertEqual(self.server.get(path, Accept="text/html").status, 200, path)
            self.assertEqual(self.server.get(path).status, 200, path)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0]], verbosity=2)
