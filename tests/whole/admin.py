"""From a delivery to publish and undo, over HTTP as a browser without script does it:
deliver, see, decide about an older plan, publish, look on both sides of the new edge, undo;
bad uploads change nothing; of two who publish at once one wins and the other is told.
Usage: admin.py SAMPLE_FOLDER WORK_FOLDER"""

import glob
import html
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import unittest
import urllib.parse
import uuid

import whole

SAMPLE, FOLDER = (os.path.abspath(path) for path in sys.argv[1:3])
PASSWORD = "häst batteri klammer rätt"
BOUNDARY = "----plankarta-prov"


def system_of(feature):
    return feature["properties"]["plangeometri"][0]["geometri"]["koordinatsystemPlan"]


def older_plan():
    """A plan of the sample in force, as delivered: its file's document and its feature."""
    for path in sorted(glob.glob(SAMPLE + "/files/plans/*.json")):
        with open(path, encoding="utf-8") as f:
            document = json.load(f)
        for feature in document["features"]:
            p = feature["properties"]
            if p["feature:typ"] == "detaljplan" and p["status"] == "laga kraft":
                return document, feature
    raise AssertionError("the sample has no plan in force")


def middle_of(feature):
    ring = feature["properties"]["plangeometri"][0]["geometri"]["position"]["coordinates"][0]
    xs, ys = [p[0] for p in ring], [p[1] for p in ring]
    return (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2


def new_plan(document, feature, e, n, name):
    """A plan of 40 m around a point, in force later than the one that it is cut out of."""
    plan = json.loads(json.dumps(feature))
    p = plan["properties"]
    plan["id"] = p["objektidentitet"] = str(uuid.uuid5(uuid.NAMESPACE_URL, name))
    p["beteckning"] = p["namn"] = name
    p["datumStatusforandring"] = "2026-01-15"
    for decision in p.get("beslutsinformation") or []:
        if isinstance(decision, dict) and decision.get("datumLagakraft"):
            decision["datumLagakraft"] = "2026-01-15"
    p.pop("foregaendePlansBeteckning", None)
    ring = [[e - 20, n - 20], [e + 20, n - 20], [e + 20, n + 20], [e - 20, n + 20], [e - 20, n - 20]]
    geometry = p["plangeometri"][0]
    geometry["geometri"]["position"]["coordinates"] = [ring]
    p["plangeometri"] = [geometry]
    return json.dumps({**document, "features": [plan]}, ensure_ascii=False).encode()


def form_with(files):
    parts = [b'--%s\r\nContent-Disposition: form-data; name="%s"; filename="%s"\r\n'
             b'Content-Type: application/octet-stream\r\n\r\n%s\r\n'
             % (BOUNDARY.encode(), field.encode(), name.encode(), data)
             for field, name, data in files]
    return b"".join(parts) + b"--%s--\r\n" % BOUNDARY.encode()


def text_of(page):
    return html.unescape(re.sub(r"<[^>]+>", " ", page.body.decode()))


class Admin(unittest.TestCase):
    def setUp(self):
        shutil.rmtree(FOLDER, ignore_errors=True)
        os.makedirs(FOLDER)
        self.db = os.path.join(FOLDER, "kommun.sqlite")
        shutil.copy(SAMPLE + "/sample.sqlite", self.db)
        for name in ("anna", "bo"):
            done = subprocess.run(
                [whole.PROGRAM, "user", "add", name, "--role", "publisher", "--db", self.db,
                 "--password-fd", "0"], input=(PASSWORD + "\n").encode(), check=False,
                capture_output=True)
            self.assertEqual(done.returncode, 0, done.stderr)
        self.server = whole.Server(self.db, "--import.max_bytes", "2000000", cwd=FOLDER)
        self.cookie = {name: self.sign_in(name) for name in ("anna", "bo")}

    def tearDown(self):
        self.server.__exit__(None)

    def sign_in(self, name):
        answer = self.server.get(
            "/admin/sign-in", "POST",
            urllib.parse.urlencode({"name": name, "password": PASSWORD}).encode(),
            Content_Type="application/x-www-form-urlencoded", Origin=self.server.base)
        self.assertEqual(answer.status, 303)
        return answer.headers["set-cookie"].split(";")[0]

    def page(self, path, who="anna", status=200):
        answer = self.server.get(path, Cookie=self.cookie[who], Accept="text/html")
        self.assertEqual(answer.status, status, text_of(answer))
        return answer

    def form_of(self, page, action):
        """The fields of the form that posts to a path beginning with `action`."""
        for form in re.findall(r"<form.*?</form>", page.body.decode(), re.S):
            target = html.unescape(re.search(r'action="([^"]*)"', form).group(1))
            if target.startswith(action):
                fields = {}
                for tag in re.findall(r"<input[^>]*>", form):
                    name = re.search(r'name="([^"]*)"', tag)
                    value = re.search(r'value="([^"]*)"', tag)
                    if name and value and 'type="hidden"' in tag:
                        fields[name.group(1)] = html.unescape(value.group(1))
                return target, fields
        raise AssertionError("no form to %s in %s" % (action, text_of(page)))

    def submit(self, page, action, who="anna", **more):
        target, fields = self.form_of(page, action)
        return self.server.get(
            target, "POST", urllib.parse.urlencode({**fields, **more}).encode(),
            Content_Type="application/x-www-form-urlencoded", Origin=self.server.base,
            Cookie=self.cookie[who], Accept="text/html")

    def deliver(self, *files, who="anna", raw=None, content_type=None):
        page = self.page("/admin/deliveries", who)
        target, _ = self.form_of(page, "/admin/deliver")
        return self.server.get(
            target, "POST", form_with(files) if raw is None else raw,
            Content_Type=content_type or "multipart/form-data; boundary=" + BOUNDARY,
            Origin=self.server.base, Cookie=self.cookie[who], Accept="text/html")

    def draft_of(self, answer, who="anna"):
        """Follow a delivery to its draft's path."""
        self.assertEqual(answer.status, 303, text_of(answer))
        for _ in range(30):
            path = answer.headers["location"]
            answer = self.server.get(path, Cookie=self.cookie[who], Accept="text/html")
            if "/admin/draft/" in path:
                return path.split("?")[0]
            if answer.status == 200 and 'role="status"' in answer.body.decode():
                if "/admin/delivery/" in path and "läses" in text_of(answer):
                    answer.headers["location"] = path
                    continue
            if answer.status != 303:
                raise AssertionError(text_of(answer))
        raise AssertionError("the delivery was never read")

    def version(self):
        return self.server.get("/health").json()["version"]

    def plans_at(self, e, n):
        answer = self.server.get("/lookup?point=%.2f,%.2f&crs=%s&f=json" % (e, n, self.crs))
        self.assertEqual(answer.status, 200, answer.body)
        answer = answer.json()
        return {plan["beteckning"] for plan in answer["plans"]}

    def publish(self, draft, who="anna"):
        return self.submit(self.page(draft + "/publish", who), draft + "/publish", who)

    def test_from_delivery_to_publish_and_undo(self):
        document, feature = older_plan()
        old, self.crs = feature["properties"]["beteckning"], system_of(feature)
        e, n = middle_of(feature)
        self.assertIn(old, self.plans_at(e, n))
        before = self.version()
        draft = self.draft_of(self.deliver(
            ("file", "ny plan.json", new_plan(document, feature, e, n, "9901-NY"))))
        page = self.page(draft)
        self.assertIn("1 nya planer", text_of(page))
        self.assertIn("9901-NY över " + old, text_of(page))
        self.assertEqual(self.version(), before)
        picture = html.unescape(re.search(r'src="(/static/[^"]*)"', page.body.decode()).group(1))
        self.assertEqual(self.server.get(picture).headers["content-type"], "image/png")

        answer = self.submit(page, draft + "/replace", kind="ends-here", reason="Ny detaljplan")
        self.assertEqual(answer.status, 303, text_of(answer))
        self.assertIn("Skäl: Ny detaljplan", text_of(self.page(draft)))
        answer = self.publish(draft)
        self.assertEqual(answer.status, 200, text_of(answer))
        self.assertEqual(self.version(), before + 1)
        self.assertEqual(self.plans_at(e, n), {"9901-NY"})
        self.assertIn(old, self.plans_at(e - 21.5, n) | self.plans_at(e + 21.5, n))
        self.assertNotIn("9901-NY", self.plans_at(e - 21.5, n))

        page = self.page("/admin/history")
        self.assertIn("Version %d (gäller nu)" % (before + 1), text_of(page))
        self.assertIn("9901-NY", text_of(self.page("/admin/history/%d/changes" % (before + 1))))
        undo = "/admin/history/%d/restore" % before
        answer = self.submit(self.page(undo), undo)
        self.assertEqual(answer.status, 200, text_of(answer))
        self.assertEqual(self.version(), before + 2)
        self.assertIn(old, self.plans_at(e, n))
        self.assertNotIn("9901-NY", self.plans_at(e, n))

    def test_bad_deliveries_say_why_and_change_nothing(self):
        before = self.version()
        drafts = self.page("/admin/deliveries").body
        for status, said, answer in (
                (400, "Ingen fil", self.deliver(("file", "", b""))),
                (400, "Ingen fil", self.deliver(("file", "tom.json", b""))),
                (400, "Ingen fil", self.deliver(raw=b"hello")),
                (400, "Ingen fil", self.deliver(raw=b"a=b", content_type="text/plain")),
                (413, "2000000", self.deliver(("file", "stor.json", b"x" * 2000001)))):
            self.assertEqual(answer.status, status, text_of(answer))
            self.assertIn(said, text_of(answer))
        answer = self.deliver(("file", "../../etc/katt.json", b"this is no plan"))
        self.assertEqual(answer.status, 303, text_of(answer))
        said = text_of(self.page(answer.headers["location"]))
        self.assertIn("Ingenting har ändrats", said)
        self.assertIn("katt.json", said)
        self.assertEqual(self.version(), before)
        self.assertEqual(re.sub(rb"<.*?>", b"", drafts).count(b"Utkast "),
                         re.sub(rb"<.*?>", b"", self.page("/admin/deliveries").body).count(b"Utkast ") - 1)
        self.assertEqual(glob.glob(self.db + ".spool/body-*"), [])

    def test_of_two_who_publish_one_wins_and_the_other_is_told(self):
        document, feature = older_plan()
        e, n = middle_of(feature)
        drafts = [self.draft_of(self.deliver(
            ("file", name + ".json", new_plan(document, feature, e + d, n, name)), who=who), who)
            for who, name, d in (("anna", "9901-A", -60), ("bo", "9901-B", 60))]
        pages = [self.page(d + "/publish", who) for d, who in zip(drafts, ("anna", "bo"))]
        before = self.version()
        self.assertEqual(self.submit(pages[0], drafts[0] + "/publish", "anna").status, 200)
        answer = self.submit(pages[1], drafts[1] + "/publish", "bo")
        self.assertEqual(answer.status, 409)
        self.assertIn("Version %d har publicerats" % (before + 1), text_of(answer))
        self.assertIn("/admin/history/%d/changes?since=%d" % (before + 1, before),
                      html.unescape(answer.body.decode()))
        self.assertEqual(self.version(), before + 1)
        self.assertEqual(self.publish(drafts[1], "bo").status, 200)
        self.assertEqual(self.version(), before + 2)

    def test_a_discarded_draft_cannot_be_published(self):
        document, feature = older_plan()
        e, n = middle_of(feature)
        draft = self.draft_of(self.deliver(
            ("file", "a.json", new_plan(document, feature, e, n, "9901-K"))))
        asked = self.page(draft + "/publish")
        self.assertEqual(self.submit(self.page(draft), draft + "/discard").status, 303)
        before = self.version()
        answer = self.submit(asked, draft + "/publish")
        self.assertNotEqual(answer.status, 200)
        self.assertEqual(self.version(), before)
        with sqlite3.connect("file:%s?mode=ro" % self.db, uri=True) as db:
            left = db.execute("SELECT count(*) FROM plan WHERE from_version IS NULL "
                              "AND designation = '9901-K'").fetchone()[0]
        self.assertEqual(left, 0)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
