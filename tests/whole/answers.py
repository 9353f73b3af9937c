"""The shape of every answer, on the sample: members and order, command line and HTTP byte by
byte, every state of coverage in both languages, mistakes by name.
Usage: answers.py SAMPLE_FOLDER (with sample.sqlite and files/)."""

import json
import os
import re
import sqlite3
import sys
import unittest
import urllib.parse

from whole import Server, command

FOLDER = os.path.abspath(sys.argv[1])
DB = os.path.join(FOLDER, "sample.sqlite")
CONF = os.path.join(FOLDER, "files", "plankarta.conf")
PUBLIC = "https://karta.exempel.se"

LOOKUP = ["version", "legal_date", "answered_at", "lang", "permanent", "asked", "coverage",
          "heading", "summary", "place", "plans", "layers", "boundary", "unknown", "next",
          "legal", "sources"]
PLACE = ["municipality", "properties", "address"]
PLAN = ["id", "href", "coverage", "beteckning", "namn", "typ", "status", "datumAntagande",
        "datumLagakraft", "genomforandetid", "text", "regulations", "documents"]
REGULATION = ["id", "href", "part", "kind", "anvandningsform", "beteckning", "index",
              "bestammelseformulering", "bestammelsevarde", "regulates", "limits", "text"]
VALUE = ["beskrivning", "vardetyp", "variabelvarde", "number", "enhet"]
DOCUMENT = ["kind", "title", "href", "media_type", "legal", "text_version"]
LAYER = ["id", "title", "text", "source", "as_of"]
BOUNDARY = ["distance_m", "accuracy_m", "accuracy", "kind", "other_side", "text"]
SOURCE = ["title", "licence", "from_version"]
SEARCH = ["version", "q", "lang", "count", "more", "status", "suggestion", "results"]
RESULT = ["kind", "id", "label", "detail", "href", "lookup", "point", "bbox", "crs", "match"]
KINDS = ["användningsbestämmelse", "egenskapsbestämmelse", "administrativ bestämmelse"]

# coverage: (heard in Swedish, heard in English)
WORDS = {"regulations": (r"^Här gäller .*plan", r"appl|force"),
         "partial": (r"Inte alla bestämmelser är digitaliserade", r"[Nn]ot all"),
         "plan-only": (r"Bestämmelserna finns bara på plankartan", r"only on the plan map"),
         "ongoing": (r"som inte gäller ännu", r"not (yet )?(in force|apply)|does not apply"),
         "outside": (r"Här gäller ingen detaljplan", r"[Nn]o detailed development plan|[Nn]o "),
         "unknown": (r"Det betyder inte att ingen gäller", r"does not mean")}


def ordered(test, got, members, where):
    """Every member is there, in order; what is more comes in between or after."""
    test.assertEqual([m for m in got if m in members], members, where)


def middle(ring):
    ring = ring[:-1]
    return tuple(sum(p[i] for p in ring) / len(ring) for i in (0, 1))


def spots():
    """A point in each plan (the middle of its corners) and some beside them."""
    with open(os.path.join(FOLDER, "files", "plans", "detaljplaner-00001.json"),
              encoding="utf-8") as f:
        features = json.load(f)["features"]
    for feature in features:
        for part in feature["properties"].get("plangeometri", []):
            g = part["geometri"]["position"]
            crs = part.get("koordinatsystemPlan") or part["geometri"]["koordinatsystemPlan"]
            ring = g["coordinates"][0]
            if g["type"] == "MultiPolygon":
                ring = ring[0]
            yield "%.2f,%.2f" % middle(ring), crs
    yield "617000,6928600", "EPSG:3006"
    yield "610000,6928000", "EPSG:3006"


class Answers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server(DB, "--config", CONF, "--public_url", PUBLIC)
        cls.found = {}  # coverage: [(point, crs, answer)]
        for point, crs in spots():
            answer = cls.server.get("/lookup?point=%s&crs=%s&f=json" % (point, crs)).json()
            cls.found.setdefault(answer["coverage"], []).append((point, crs, answer))
        with sqlite3.connect("file:%s?mode=ro" % DB, uri=True) as c:
            cls.property = c.execute("SELECT beteckning FROM fastighet").fetchone()[0]
            cls.address = c.execute("SELECT adress FROM adress").fetchone()[0]

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__(None)

    def check_lookup(self, answer, where):
        ordered(self, answer, LOOKUP, where)
        ordered(self, answer["place"], PLACE, where)
        self.assertTrue(answer["summary"].endswith("."), where)
        unknown = {u["what"] for u in answer["unknown"]}
        for u in answer["unknown"]:
            self.assertTrue(u["text"].endswith("."), u)
        self.assertTrue(answer["permanent"].startswith(PUBLIC), where)
        self.assertIn("version=%d" % answer["version"], answer["permanent"])
        self.assertIn("datetime=" + answer["legal_date"], answer["permanent"])
        self.assertTrue(answer["legal"]["text"], where)
        if answer["boundary"]:
            ordered(self, answer["boundary"], BOUNDARY, where)
            self.assertLessEqual(answer["boundary"]["distance_m"],
                                 answer["boundary"]["accuracy_m"])
        for plan in answer["plans"]:
            ordered(self, plan, PLAN, where)
            self.assertTrue(plan["text"].endswith("."), plan["text"])
            if plan["status"] is None:
                self.assertIn("status", unknown)
            order = [KINDS.index(r["kind"]) for r in plan["regulations"]]
            self.assertEqual(order, sorted(order))
            for regulation in plan["regulations"]:
                ordered(self, regulation, REGULATION, where)
                self.assertTrue(regulation["text"].endswith("."), regulation["text"])
                for value in regulation["bestammelsevarde"]:
                    ordered(self, value, VALUE, where)
            for document in plan["documents"]:
                ordered(self, document, DOCUMENT, where)
        for layer in answer["layers"]:
            ordered(self, layer, LAYER, where)
        for source in answer["sources"]:
            ordered(self, source, SOURCE, where)

    def questions(self):
        for found in self.found.values():
            point, crs, _ = found[0]
            yield ["--point", point, "--crs", crs], "point=%s&crs=%s" % (point, crs)
        self.assertTrue(self.property and self.address)
        yield ["--property", self.property], "property=" + urllib.parse.quote(self.property)
        yield ["--address", self.address], "address=" + urllib.parse.quote(self.address)

    def test_lookups_are_whole_and_the_same_from_every_door(self):
        for options, query in self.questions():
            for lang in ("sv", "en"):
                with self.subTest(query=query, lang=lang):
                    there = self.server.get("/lookup?%s&lang=%s&f=json" % (query, lang))
                    self.assertEqual(there.status, 200, there.body[:300])
                    here = command("lookup", "--db", DB, "--config", CONF, "--public_url", PUBLIC,
                                   "--json", "--lang", lang, *options).stdout
                    clock = rb'"answered_at": ?"[^"]*"'
                    self.assertEqual(re.sub(clock, b"", there.body).strip(),
                                     re.sub(clock, b"", here).strip())
                    self.check_lookup(there.json(), query)

    def test_areas_answer_with_shares(self):
        answer = self.server.get("/lookup?property=%s&f=json"
                                 % urllib.parse.quote(self.property)).json()
        self.assertEqual(answer["asked"]["kind"], "property")
        shares = [c["share"] for c in answer["coverages"]]
        self.assertAlmostEqual(sum(shares), 1, delta=0.02)
        for one in answer["coverages"]:
            ordered(self, one, ["coverage", "area_m2", "share"], self.property)
        for plan in answer["plans"]:
            ordered(self, plan, ["area_m2", "share", "basis"], self.property)
            self.assertRegex(plan["basis"], r"^EPSG:\d+$")
        self.assertEqual(self.server.get("/lookup?address=%s&f=json" % urllib.parse.quote(
            self.address)).json()["asked"]["kind"], "address")

    def test_a_permanent_link_answers_with_the_same_bytes(self):
        for coverage, found in self.found.items():
            answer = found[0][2]
            target = answer["permanent"][len(PUBLIC):] + "&f=json"
            again = self.server.get(target).json()
            for one in (again, answer):
                one.pop("answered_at", None)
            self.assertEqual(again, answer, coverage)

    def test_every_coverage_is_reached_and_worded(self):
        self.assertEqual(set(self.found), set(WORDS))
        for coverage, (swedish, english) in WORDS.items():
            point, crs, answer = self.found[coverage][0]
            self.assertRegex(answer["summary"], swedish, coverage)
            query = "/lookup?point=%s&crs=%s" % (point, crs)
            other = self.server.get(query + "&lang=en&f=json").json()
            self.assertEqual(other["coverage"], coverage)
            self.assertRegex(other["summary"], english, coverage)
            self.assertNotEqual(other["summary"], answer["summary"])
            for kind, lang, said in (("html", "sv", answer), ("html", "en", other),
                                     ("text", "sv", answer), ("text", "en", other)):
                page = self.server.get(query + "&f=%s&lang=%s" % (kind, lang))
                self.assertEqual(page.status, 200)
                self.assertIn(said["summary"], page.body.decode())

    def test_searches_are_whole_and_the_same_from_every_door(self):
        street = self.address.split(",")[0]
        for words in (self.property, street, street[:-3], "9901-P2", "617000, 6928600", "zzqx",
                      self.property.lower(), "strandskydd"):
            for lang in ("sv", "en"):
                with self.subTest(words=words, lang=lang):
                    there = self.server.get("/search?q=%s&lang=%s&f=json"
                                            % (urllib.parse.quote(words), lang))
                    here = command("search", "--db", DB, "--config", CONF, "--json", "--lang",
                                   lang, words).stdout
                    self.assertEqual(there.body.strip(), here.strip())
                    answer = there.json()
                    ordered(self, answer, SEARCH, words)
                    self.assertEqual(answer["count"], len(answer["results"]))
                    self.assertLessEqual(len(answer["status"]), 120)
                    told = [(r["label"], r["detail"]) for r in answer["results"]]
                    self.assertEqual(len(told), len(set(told)), "two hits read alike")
                    for result in answer["results"]:
                        ordered(self, result, RESULT, words)
                        for begin, end in result["match"]:
                            self.assertTrue(0 <= begin < end <= len(result["label"]))
        best = self.server.get("/search?q=%s&f=json" % urllib.parse.quote(self.property.lower()))
        self.assertEqual(best.json()["results"][0]["label"], self.property)

    def test_mistakes_name_their_parameter(self):
        for target, parameter in (
                ("/lookup?point=a,b&f=json", "point"), ("/lookup?point=1,2,3&f=json", "point"),
                ("/lookup?point=nan,1&f=json", "point"), ("/lookup?point=1e400,1&f=json", "point"),
                ("/lookup?point=617000,6928600&crs=EPSG:4000000&f=json", "crs"),
                ("/lookup?point=617000,6928600&version=-1&f=json", "version"),
                ("/lookup?point=617000,6928600&datetime=2026-13-01&f=json", "datetime"),
                ("/lookup?point=617000,6928600&lang=de&f=json", "lang"),
                ("/search?q=a&kinds=house&f=json", "kinds"), ("/search?q=a&limit=x&f=json", "limit"),
                ("/search?q=a&near=1&f=json", "near"),
                ("/search?q=" + "a" * 2000 + "&f=json", "q")):
            with self.subTest(target=target[:60]):
                answer = self.server.get(target)
                self.assertEqual(answer.status, 400, answer.body[:200])
                self.assertEqual(answer.headers["content-type"], "application/problem+json")
                self.assertEqual(answer.json()["parameter"], parameter)
        answer = self.server.get("/lookup?point=617000,6928600&version=99&f=json")
        self.assertEqual((answer.status, answer.json()["parameter"]), (404, "version"))
        words = self.property.split(" ")
        words[1] += "A"  # one letter too many in the name of the tract
        wrong = " ".join(words)
        for name, value in (("property", wrong), ("address", "Ravnlösgattan 99999")):
            answer = self.server.get("/lookup?%s=%s&f=json" % (name, urllib.parse.quote(value)))
            self.assertEqual(answer.status, 404)
            self.assertEqual(answer.headers["content-type"], "application/problem+json")
            self.assertEqual(answer.json()["parameter"], name)
            self.assertIsInstance(answer.json()["suggestions"], list)
        self.assertTrue(self.server.get("/lookup?property=%s&f=json" % urllib.parse.quote(wrong))
                        .json()["suggestions"])
        done = command("lookup", "--db", DB, "--property", wrong, code=None)
        self.assertNotEqual(done.returncode, 0)
        self.assertTrue(done.said.strip())
        done = command("lookup", "--db", DB, "--point", "a,b", code=None)
        self.assertEqual(done.returncode, 2)
        self.assertIn("point", done.said)

    def test_a_raw_line_of_any_kind_does_not_stop_the_server(self):
        host = b"Host: a\r\n"
        for data in (b"\x00\x01\x02\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/1.1\r\nHost: a\r\n: x\r\n\r\n",
                     b"GET http://other/ HTTP/1.1\r\n" + host + b"\r\n", b"PRI * HTTP/2.0\r\n\r\n",
                     b"GET /lookup?point=%ff%fe HTTP/1.1\r\n" + host + b"\r\n",
                     b"GET /search?q=%c3%28&f=json HTTP/1.1\r\n" + host + b"\r\n",
                     b"GET /search?q=%e2%80%ae&f=json HTTP/1.1\r\n" + host + b"\r\n",
                     b"POST /lookup HTTP/1.1\r\n" + host + b"Transfer-Encoding: chunked\r\n\r\n"
                     b"ffffffffffffffff\r\n", b"\x16\x03\x01\x02\x00\x01\x00"):
            out = self.server.raw(data, 2)
            self.assertNotIn(b" 500 ", out[:20], data)
        self.assertEqual(self.server.get("/health").json()["status"], "ok")


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], "-v"])
