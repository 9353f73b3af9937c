"""Signing in, roles, forms, tokens and the log, on the real server. Every row of
routes_staff.c is asked as every role. Usage: staff_test.py PLANKARTA MAKE_DATA FOLDER SOURCES"""

import base64
import hashlib
import http.server
import json
import os
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
import threading
import time
import unittest
import urllib.parse

PROGRAM, MAKE_DATA, FOLDER, SOURCES = (os.path.abspath(path) for path in sys.argv[1:5])
os.environ["PLANKARTA"] = PROGRAM
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../whole"))
import whole  # noqa: E402 - the folder is known from here on

ROLES = ["viewer", "planner", "publisher", "administrator"]
PASSWORD = "häst batteri klammer rätt"
FORM = "application/x-www-form-urlencoded"


def routes():
    """(path, methods, least role) of routes_staff.c; rows of NONE are the ways in."""
    with open(os.path.join(SOURCES, "server/routes_staff.c"), encoding="utf-8") as f:
        text = re.sub(r"\s+", " ", f.read())
    rows = re.findall(r'(?:STAFF|ENTRY)\("(/[^"]*)", ([A-Z_]+), .*?PK_ROLE_([A-Z]+)', text)
    assert len(rows) > 8, rows
    return [(re.sub(r"{\w+}", "1", path), methods.split("_"), role.lower())
            for path, methods, role in rows]


class Staff(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        shutil.rmtree(FOLDER, ignore_errors=True)
        os.makedirs(FOLDER)
        cls.db = os.path.join(FOLDER, "staff.sqlite")
        subprocess.run([MAKE_DATA, cls.db], check=True, capture_output=True)
        for role in ROLES:
            cls.user("add", role, "--role", role, "--password-fd", "0")
        cls.server = whole.Server(cls.db, cwd=FOLDER)
        cls.cookies = {role: cls.cookie_of(cls.sign_in(role)) for role in ROLES}

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__(None)

    @classmethod
    def user(cls, *args, code=0, text=PASSWORD + "\n"):
        done = subprocess.run([PROGRAM, "user", *args, "--db", cls.db], input=text.encode(),
                              capture_output=True, check=False)
        assert done.returncode == code, done.stderr
        return done.stdout.decode().strip()

    @classmethod
    def post(cls, path, fields, **headers):
        body = urllib.parse.urlencode(fields).encode()
        headers = {"Content_Type": FORM, "Origin": cls.server.base, **headers}
        return cls.server.get(path, "POST", body,
                              **{k: v for k, v in headers.items() if v is not None})

    @classmethod
    def sign_in(cls, name, password=PASSWORD, **fields):
        return cls.post("/admin/sign-in", {"name": name, "password": password, **fields})

    @staticmethod
    def cookie_of(answer):
        return answer.headers["set-cookie"].split(";")[0]

    def page(self, path, role):
        return self.server.get(path, Cookie=self.cookies[role], Accept="text/html")

    def token_of(self, role):
        html = self.page("/admin", role).body.decode()
        return re.search(r'name="form_token" value="([0-9a-f]{64})"', html).group(1)

    def log(self, action):
        with sqlite3.connect("file:%s?mode=ro" % self.db, uri=True) as db:
            return db.execute("SELECT who, object, detail, address FROM log WHERE action = ? "
                              "ORDER BY log_id", (action,)).fetchall()

    def test_every_route_lets_in_who_may_and_nobody_else(self):
        for path, methods, least in routes():
            for method in methods:
                for role in [None] + ROLES:
                    if "sign-out" in path and role is not None:
                        continue  # ends the session; has a test of its own
                    with self.subTest(path=path, method=method, role=role):
                        headers = {"Cookie": self.cookies[role]} if role else {}
                        if method == "POST":
                            answer = self.post(path, {}, **headers)
                        else:
                            answer = self.server.get(path, **headers)
                        if least == "none":
                            self.assertIn(answer.status, (200, 403, 404))
                        elif role is None:
                            self.assertEqual(answer.status, 401)
                            self.assertIn("Bearer", answer.headers["www-authenticate"])
                        elif ROLES.index(role) < ROLES.index(least):
                            self.assertEqual(answer.status, 403)
                            self.assertEqual(answer.json()["status"], 403)
                        elif method == "POST":  # let in, and stopped by the missing token
                            self.assertEqual(answer.status, 403)
                        elif "1" in path:  # there is no such draft: said, or sent to the list
                            self.assertIn(answer.status, (200, 303, 404))
                            self.assertNotIn("sign-in", answer.headers.get("location", ""))
                        else:
                            self.assertEqual(answer.status, 200)
                        self.assertEqual(answer.headers["cache-control"], "no-store")

    def test_nobody_is_sent_to_sign_in_and_comes_back(self):
        answer = self.server.get("/admin/log?who=a", Accept="text/html")
        self.assertEqual(answer.status, 303)
        self.assertEqual(answer.headers["location"],
                         "/admin/sign-in?lang=sv&next=/admin/log%3Fwho%3Da")
        answer = self.sign_in("viewer", next="/admin/account")
        self.assertEqual(answer.status, 303)
        self.assertTrue(answer.headers["location"].startswith("/admin/account"))
        for next_page in ("//evil.example", "https://evil.example/", "/\\evil.example"):
            answer = self.sign_in("viewer", next=next_page)
            self.assertTrue(answer.headers["location"].startswith("/admin?"), next_page)

    def test_the_cookie_is_strict(self):
        cookie = self.sign_in("viewer").headers["set-cookie"]
        for part in ("Path=/", "HttpOnly", "SameSite=Lax"):
            self.assertIn(part, cookie)
        with sqlite3.connect("file:%s?mode=ro" % self.db, uri=True) as db:
            hashes = [row[0] for row in db.execute("SELECT hash FROM session")]
        self.assertNotIn(cookie.split("=")[1].split(";")[0], hashes)
        self.assertTrue(all(re.fullmatch("[0-9a-f]{64}", h) for h in hashes))

    def test_a_wrong_password_and_an_unknown_name_look_alike(self):
        pages = [self.sign_in(name, "fel lösenord här") for name in ("viewer", "ingen")]
        for answer in pages:
            self.assertEqual(answer.status, 403)
            self.assertNotIn("set-cookie", answer.headers)
        bodies = [re.sub(r'value="(viewer|ingen)"', "", p.body.decode()) for p in pages]
        self.assertEqual(*bodies)
        times = []
        for name in ("planner", "ingen-alls"):
            begun = time.monotonic()
            self.sign_in(name, "fel lösenord här")
            times.append(time.monotonic() - begun)
        self.assertGreater(times[1], times[0] / 5)  # nobody's hash is computed too
        self.assertIn(("", "ingen", "", "127.0.0.1"), self.log("sign-in-failed"))

    def test_forms_come_from_our_pages(self):
        token = self.token_of("administrator")
        cookie = self.cookies["administrator"]
        fields = {"user": "1", "do": "role", "role": "viewer"}
        for headers in ({"Origin": "https://evil.example"}, {"Origin": None},
                        {"Sec_Fetch_Site": "cross-site"}, {"Sec_Fetch_Site": "same-site"},
                        {"Origin": "null"}):
            answer = self.post("/admin/users/change", {**fields, "form_token": token},
                               Cookie=cookie, **headers)
            self.assertEqual(answer.status, 403, headers)
        for wrong in ("", "0" * 64, self.token_of("planner")):
            answer = self.post("/admin/users/change", {**fields, "form_token": wrong},
                               Cookie=cookie)
            self.assertEqual(answer.status, 403, wrong)
        answer = self.post("/admin/users/change", {**fields, "form_token": token},
                           Cookie=cookie)
        self.assertEqual(answer.status, 303)

    def test_users_are_added_changed_and_shut_out(self):
        token, cookie = self.token_of("administrator"), self.cookies["administrator"]

        def ask(path, **fields):
            return self.post(path, {"form_token": token, **fields}, Cookie=cookie)

        answer = ask("/admin/users", name="Berit", full_name="Berit <b>", role="planner",
                     password=PASSWORD)
        self.assertEqual(answer.status, 303, answer.body)
        html = self.page("/admin/users", "administrator").body.decode()
        self.assertIn("Berit &lt;b&gt; (berit)", html)
        again = ask("/admin/users", name="berit", full_name="B", role="planner",
                    password=PASSWORD)
        self.assertEqual(again.status, 400)
        self.assertIn('role="alert"', again.body.decode())
        session = self.cookie_of(self.sign_in("BERIT"))
        self.assertEqual(self.server.get("/admin", Cookie=session).status, 200)
        number = re.search(r'Berit &lt;b&gt;.*?name="user" value="(\d+)"', html, re.S).group(1)
        self.assertEqual(ask("/admin/users/change", user=number, do="disable").status, 303)
        self.assertEqual(self.server.get("/admin", Cookie=session).status, 401)
        self.assertEqual(self.sign_in("berit").status, 403)
        last = re.search(r'\(administrator\).*?name="user" value="(\d+)"', html, re.S).group(1)
        self.assertEqual(ask("/admin/users/change", user=last, do="disable").status, 400)
        self.assertIn(("administrator", "berit", "planner", "127.0.0.1"), self.log("user-add"))
        page = self.page("/admin/log?action=user-add&text=berit", "administrator")
        self.assertIn("<td>user-add</td><td>berit planner</td><td>127.0.0.1</td>",
                      page.body.decode())

    def test_a_new_password_ends_the_other_sessions(self):
        self.user("add", "nils", "--role", "viewer", "--password-fd", "0")
        end = time.monotonic() + 10
        while self.sign_in("nils").status != 303 and time.monotonic() < end:
            time.sleep(0.1)
        first, other = (self.cookie_of(self.sign_in("nils")) for _ in range(2))
        html = self.server.get("/admin/account", Cookie=first).body.decode()
        token = re.search(r'name="form_token" value="([0-9a-f]{64})"', html).group(1)
        fields = {"form_token": token, "old": PASSWORD, "new": "ett helt nytt lösenord"}
        for wrong in ({"old": "x"}, {"new": "kort"}):
            answer = self.post("/admin/account", {**fields, **wrong}, Cookie=first)
            self.assertEqual(answer.status, 400)
        self.assertEqual(self.post("/admin/account", fields, Cookie=first).status, 303)
        self.assertEqual(self.server.get("/admin", Cookie=first).status, 200)
        self.assertEqual(self.server.get("/admin", Cookie=other).status, 401)
        self.assertEqual(self.sign_in("nils").status, 403)
        fields = {"form_token": token}
        self.assertEqual(self.post("/admin/sign-out", fields, Cookie=first).status, 303)
        self.assertEqual(self.server.get("/admin", Cookie=first).status, 401)

    def test_tokens_may_what_their_scopes_say(self):
        def ask(token, path="/admin"):
            return self.server.get(path, Authorization="Bearer " + token).status

        read = self.user("token", "administrator", "--scopes", "read-private")
        admin = self.user("token", "administrator", "--scopes", "admin")
        low = self.user("token", "planner", "--scopes", "read-private,admin")
        end = time.monotonic() + 10
        while ask(low) != 200 and time.monotonic() < end:
            time.sleep(0.05)
        self.assertEqual([ask(read), ask(read, "/admin/log")], [200, 403])
        self.assertEqual([ask(admin), ask(admin, "/admin/log")], [403, 200])
        self.assertEqual([ask(low), ask(low, "/admin/log")], [200, 403])
        for wrong in ("", "x", read + "x", read[:-1], read.swapcase()):
            self.assertEqual(ask(wrong), 401, wrong)
        with open(self.db, "rb") as f:
            self.assertNotIn(read.encode(), f.read())

    def test_the_log_is_only_added_to(self):
        with sqlite3.connect(os.path.join(FOLDER, "copy.sqlite")) as copy:
            with sqlite3.connect("file:%s?mode=ro" % self.db, uri=True) as db:
                db.backup(copy)
            for sql in ("DELETE FROM log", "UPDATE log SET who = 'x'"):
                with self.assertRaises(sqlite3.Error):
                    copy.execute(sql)

    def test_too_many_wrong_passwords_have_to_wait(self):
        statuses = [self.sign_in("planner", "fel %d fel fel" % i).status for i in range(25)]
        self.assertEqual(statuses[-1], 429)
        self.assertNotIn(429, statuses[:5])
        self.assertEqual(self.sign_in("planner").status, 429)
        self.assertEqual(self.server.get("/").status, 200)

    # The last one by name: it uses up the address's tries.
    test_zz_too_many = test_too_many_wrong_passwords_have_to_wait
    del test_too_many_wrong_passwords_have_to_wait


def b64(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


class Provider(http.server.BaseHTTPRequestHandler):
    """A stand-in for an identity provider: the part of OpenID Connect that we use. `bend`
    changes what the next ID token says."""

    codes, bend, header = {}, {}, {}

    def log_message(self, *_):
        pass

    def reply(self, value):
        body = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        base = "http://127.0.0.1:%d" % self.server.server_port
        if self.path == "/jwks":
            self.reply({"keys": [{"kty": "RSA", "kid": "k", "use": "sig", "e": "AQAB",
                                  "n": b64(self.server.modulus)}]})
        else:
            self.reply({"issuer": base, "jwks_uri": base + "/jwks",
                        "authorization_endpoint": base + "/authorize",
                        "token_endpoint": base + "/token"})

    def do_POST(self):
        form = dict(urllib.parse.parse_qsl(
            self.rfile.read(int(self.headers["Content-Length"])).decode()))
        asked = self.codes.pop(form["code"])
        assert form["client_secret"] == "hush" and form["redirect_uri"] == asked["redirect_uri"]
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        assert b64(digest) == asked["code_challenge"]
        now = int(time.time())
        claims = {"iss": "http://127.0.0.1:%d" % self.server.server_port, "sub": "s-1",
                  "aud": "plankarta", "nonce": asked["nonce"], "iat": now, "exp": now + 300,
                  "preferred_username": "olle", "name": "Olle O", "roles": ["plan", "x"],
                  **self.bend}
        text = ".".join(b64(json.dumps(part).encode())
                        for part in ({"alg": "RS256", "kid": "k", **self.header}, claims))
        key = self.server.other if "key" in asked else self.server.key
        sig = subprocess.run(["openssl", "dgst", "-sha256", "-sign", key],
                             input=text.encode(), capture_output=True, check=True).stdout
        self.reply({"id_token": text + "." + b64(sig), "token_type": "Bearer"})


@unittest.skipUnless(shutil.which("openssl"), "skipped: no openssl to sign with")
class Outside(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        os.makedirs(FOLDER, exist_ok=True)
        cls.db = os.path.join(FOLDER, "outside.sqlite")
        subprocess.run([MAKE_DATA, cls.db], check=True, capture_output=True)
        cls.provider = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Provider)
        for name in ("key", "other"):
            path = os.path.join(FOLDER, name + ".pem")
            subprocess.run(["openssl", "genrsa", "-out", path, "2048"], check=True,
                           capture_output=True)
            setattr(cls.provider, name, path)
        text = subprocess.run(["openssl", "rsa", "-in", cls.provider.key, "-noout", "-modulus"],
                              check=True, capture_output=True).stdout.decode()
        cls.provider.modulus = bytes.fromhex(text.split("=")[1].strip())
        threading.Thread(target=cls.provider.serve_forever, daemon=True).start()
        with open(os.path.join(FOLDER, "secret"), "w", encoding="utf-8") as f:
            f.write("hush\n")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        cls.server = whole.Server(
            cls.db, "--listen", "127.0.0.1:%d" % port, "--public_url",
            "http://127.0.0.1:%d" % port, "--oidc.issuer",
            "http://127.0.0.1:%d" % cls.provider.server_port, "--oidc.client_id", "plankarta",
            "--oidc.client_secret_file", "secret", "--oidc.roles.planner", "plan,detaljplan",
            "--oidc.roles.administrator", "chef", cwd=FOLDER)

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__(None)
        cls.provider.shutdown()

    def begin(self, **more):
        answer = self.server.get("/admin/sign-in/provider")
        self.assertEqual(answer.status, 303, answer.body)
        asked = dict(urllib.parse.parse_qsl(
            urllib.parse.urlsplit(answer.headers["location"]).query))
        self.assertEqual(asked["response_type"], "code")
        self.assertEqual(asked["code_challenge_method"], "S256")
        Provider.codes["c"] = {**asked, **more}
        return asked, answer.headers["set-cookie"].split(";")[0]

    def come_back(self, cookie, state, code="c"):
        return self.server.get("/admin/sign-in/back?code=%s&state=%s" % (code, state),
                               Cookie=cookie)

    def sign_in(self, header=None, key=None, **bend):
        Provider.bend, Provider.header = bend, header or {}
        asked, cookie = self.begin(**({"key": key} if key else {}))
        return self.come_back(cookie, asked["state"])

    def test_somebody_with_a_role_comes_in_and_has_the_role_of_today(self):
        self.assertIn("/admin/sign-in/provider",
                      self.server.get("/admin/sign-in").body.decode())
        self.assertEqual(self.sign_in().status, 303)
        self.assertEqual(self.sign_in(roles="chef").status, 303)
        with sqlite3.connect("file:%s?mode=ro" % self.db, uri=True) as db:
            users = db.execute("SELECT name, role, password FROM user").fetchall()
            self.assertEqual(users, [("olle", "administrator", None)])
            self.assertEqual(db.execute("SELECT count(*) FROM session").fetchone()[0], 2)

    def test_what_is_wrong_with_a_token_keeps_people_out(self):
        now = int(time.time())
        for bend in ({"nonce": "x"}, {"aud": "other"}, {"iss": "http://evil.example"},
                     {"exp": now - 600}, {"iat": now - 7200}, {"sub": ""}):
            with self.subTest(bend):
                self.assertEqual(self.sign_in(**bend).status, 403)
        self.assertEqual(self.sign_in(header={"alg": "none"}).status, 403)
        self.assertEqual(self.sign_in(key="other").status, 403)
        self.assertEqual(self.sign_in(sub="s-2", roles=["x"]).status, 403)

    def test_a_state_is_of_one_browser(self):
        Provider.bend, Provider.header = {}, {}
        asked, cookie = self.begin()
        other = self.begin()[1]
        self.assertEqual(self.come_back(other, asked["state"]).status, 403)
        self.assertEqual(self.come_back("a=b", asked["state"]).status, 403)
        self.assertEqual(self.come_back(cookie, "x").status, 403)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], "-v", *sys.argv[5:]])
