"""Walks the pages in Swedish and in English and finds no word of the other language: what a
person reads is of the catalogue, or it is data. Usage: language.py SAMPLE_FOLDER SOURCE"""

import glob
import html.parser
import json
import os
import re
import sys
import unittest
import urllib.parse

from whole import Server

FOLDER, SOURCE = (os.path.abspath(path) for path in sys.argv[1:3])
DB = os.path.join(FOLDER, "sample.sqlite")
LANGS = ("sv", "en")
WORD = re.compile(r"[^\W\d_]{2,}")


def words(text):
    return {word.lower() for word in WORD.findall(text)}


def catalogue():
    """Words that only one of the languages has, by language."""
    own = {lang: set() for lang in LANGS}
    string = r'((?:"(?:[^"\\]|\\.)*"\s*)+)'
    for path in glob.glob(os.path.join(SOURCE, "base", "messages*.def")):
        with open(path, encoding="utf-8") as f:
            for match in re.finditer(r"PK_MSG\(\w+,\s*" + string + r",\s*" + string, f.read()):
                for lang, text in zip(LANGS, match.groups()):
                    text = "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', text))
                    own[lang] |= words(re.sub(r"\{\w+\}", " ", text))
    shared = own["sv"] & own["en"]
    return {lang: own[lang] - shared for lang in LANGS}


class Text(html.parser.HTMLParser):
    """What is read on a page: text, and the attributes that are read out, outside parts
    that are marked as another language."""
    SPOKEN = ("alt", "title", "aria-label", "placeholder", "data-label", "data-failed",
              "data-themed", "data-status")
    VOID = ("meta", "link", "input", "img", "br")

    def __init__(self, lang):
        super().__init__()
        self.lang, self.stack, self.texts = lang, [], []

    def other(self):
        return any(self.stack)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        foreign = tag in ("script", "style", "pre", "code") or (
            attrs.get("lang") not in (None, self.lang))
        if not foreign and not self.other():
            self.texts += [attrs[name] for name in self.SPOKEN if attrs.get(name)]
        if tag not in self.VOID:
            self.stack.append(foreign)

    def handle_endtag(self, tag):
        if tag not in self.VOID:
            self.stack.pop()

    def handle_data(self, data):
        if not self.other():
            self.texts.append(data)


def strings(value, out):
    """All texts of a JSON value but those that we make in a language."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key not in ("text", "summary", "detail", "status", "title", "kind"):
                strings(inner, out)
    elif isinstance(value, list):
        for inner in value:
            strings(inner, out)
    elif isinstance(value, str):
        out |= words(value)


class Language(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.own = catalogue()
        with open(os.path.join(FOLDER, "files", "plankarta.conf"), encoding="utf-8") as f:
            cls.data = words(" ".join(line.split("=", 1)[1] for line in f if "=" in line))
        cls.server = Server(DB, "--config", os.path.join(FOLDER, "files", "plankarta.conf"))
        cls.start = cls.server.get("/?lang=sv").body.decode()
        for query in ("1:1", "a", "b", "s", "vid", "plan", "gatan"):
            found = cls.server.get("/search?limit=50&f=json&q=" + query).json()
            found = found.get("results", [])
            cls.data |= words(" ".join(r["label"] for r in found))
        cls.properties = cls.server.get("/search?q=1:1&kinds=property&f=json").json()["results"]
        cls.plans = sorted(set(re.findall(r'href="(/plan/[0-9a-f-]+)', cls.start)))[:12]
        for path in glob.glob(os.path.join(FOLDER, "files", "*.mapping.json")):
            with open(path, encoding="utf-8") as f:
                strings(json.load(f), cls.data)

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__(None)

    def pages(self):
        yield from ("/", "/?q=vid", "/?q=xyzzy", "/lookup", "/hjalp", "/tillganglighet",
                    "/styles/plan/legend.html", "/styles/base/legend.html", "/search?q=plan&f=html",
                    "/lookup?point=1,2", "/lookup?point=a", "/lookup?property=nonsense",
                    "/lookup?address=nonsense", "/plan/none", "/regulation/none", "/nothing",
                    "/plan?beteckning=none", "/plan/5ac8e403-0000-4000-8000-000000000000",
                    "/lookup?point=600000,6900000", "/lookup?point=1,2&property=a",
                    "/lookup?point=617000,6927000&crs=x", "/?z=99", "/?theme=none",
                    "/lookup?point=617000,6927000&version=999", "/search?q=&f=html",
                    "/search?q=a&limit=0&f=html", "/lookup?point=617000,6927000&datetime=x",
                    "/property/none", "/styles/none/legend.html", "/search?q=a&wrong=1&f=html")
        for place in self.properties[:4]:
            yield "/lookup?property=" + urllib.parse.quote(place["label"])
            yield "/lookup?point=%.1f,%.1f" % tuple(place["point"])
            yield "/?point=%.1f,%.1f" % tuple(place["point"])
        yield from self.plans

    def look(self, path, lang):
        """Words of the other language on a page."""
        joint = "&" if "?" in path else "?"
        answer = self.server.get("%s%slang=%s" % (path, joint, lang), Accept="text/html")
        self.assertIn(answer.status, (200, 400, 404), path)
        page = Text(lang)
        page.feed(answer.body.decode())
        known = set(self.data) | words(urllib.parse.unquote(path))
        if path.startswith(("/plan/", "/lookup?")) and answer.status == 200:
            more = self.server.get("%s%sf=json" % (path, joint))
            if more.status == 200:
                strings(more.json(), known)
        elif path.startswith("/?point"):
            strings(self.server.get("/lookup" + path[1:] + "&f=json").json(), known)
        other = LANGS[1 - LANGS.index(lang)]
        known |= words(" ".join(re.findall(r'href="/plan/[^"]*">([^<]*)<',
                                           answer.body.decode())))
        return {(word, text.strip()[:90]) for text in page.texts
                for word in words(text) & self.own[other] - known}

    def test_no_page_has_words_of_the_other_language(self):
        left = []
        for path in self.pages():
            for lang in LANGS:
                left += ["%s (%s): %s in %r" % (path, lang, *found)
                         for found in sorted(self.look(path, lang))]
        self.assertEqual(left, [], "\n".join(left[:60]))

    def test_the_walk_sees_a_page_in_the_wrong_language(self):
        for lang in LANGS:
            page = Text(lang)
            page.feed('<p>%s</p>' % self.server.get("/hjalp?lang=" + lang).body.decode())
            other = LANGS[1 - LANGS.index(lang)]
            seen = words(" ".join(page.texts)) & self.own[lang]
            self.assertGreater(len(seen), 50)
            self.assertFalse(words(" ".join(page.texts)) & self.own[other] - self.data)

    def test_problem_details_are_in_the_asked_language(self):
        for path in ("/lookup?point=a&f=json", "/search?q=a&limit=0", "/lookup?property=x&f=json"):
            told = {lang: self.server.get(path + "&lang=" + lang).json() for lang in LANGS}
            self.assertNotEqual(told["sv"]["detail"], told["en"]["detail"], path)
            self.assertEqual(told["sv"]["parameter"], told["en"]["parameter"])


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0]], verbosity=2)
