"""The database as a file: older and newer schemas, backup and restore, also while served.
Usage: files.py SAMPLE_FOLDER SCRATCH_FOLDER."""

import glob
import os
import re
import shutil
import sqlite3
import sys
import unittest

from whole import Server, answer, command

SAMPLE = os.path.join(os.path.abspath(sys.argv[1]), "sample.sqlite")
FOLDER = os.path.abspath(sys.argv[2])
HISTORY = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../spec/schema.txt")
POINT = ("--point", "617500,6927300")


def change(path, sql):
    with sqlite3.connect(path) as c:
        c.executescript(sql)


class Files(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        shutil.rmtree(FOLDER, ignore_errors=True)
        os.makedirs(FOLDER)

    def copy(self, name):
        path = os.path.join(FOLDER, name)
        command("backup", "--db", SAMPLE, "--out", path)
        return path

    def told(self, path):
        found = answer("lookup", "--db", path, *POINT)
        found.pop("answered_at")
        return found

    def test_an_older_schema_is_upgraded_only_by_upgrade(self):
        path = self.copy("old.sqlite")
        before = self.told(path)
        with open(HISTORY, encoding="utf-8") as f:
            steps = re.findall(r"^down (\d+) (.*)$", f.read(), re.M)
        newest = max(int(number) for number, _ in steps)
        for _, step in sorted(steps, key=lambda s: -int(s[0])):
            change(path, step)
        change(path, "PRAGMA user_version=0;")
        done = command("lookup", "--db", path, *POINT, code=1)
        self.assertIn("plankarta upgrade --db", done.said)
        self.assertEqual(len(done.said.strip().splitlines()), 1)
        command("upgrade", "--db", path)
        kept = glob.glob(path + ".before-upgrade-*Z")
        self.assertEqual(len(kept), 1)
        for file, schema in ((kept[0], 0), (path, newest)):
            with sqlite3.connect(file) as c:
                self.assertEqual(c.execute("PRAGMA user_version").fetchone()[0], schema)
                self.assertEqual(c.execute("PRAGMA integrity_check").fetchone()[0], "ok")
        self.assertEqual(self.told(path), before)
        command("upgrade", "--db", path)  # nothing to do: no second copy
        self.assertEqual(glob.glob(path + ".before-upgrade-*Z"), kept)

    def test_a_newer_schema_is_refused_in_one_sentence(self):
        path = self.copy("new.sqlite")
        change(path, "PRAGMA user_version=999;")
        for args in (["lookup", *POINT], ["upgrade"], ["serve", "--listen", "127.0.0.1:0"]):
            done = command(args[0], "--db", path, *args[1:], code=None)
            self.assertIn(done.returncode, (1, 2), args)
            self.assertIn("newer plankarta", done.said)
            self.assertEqual(len(done.said.strip().splitlines()), 1, done.said)

    def test_a_file_that_is_not_there_is_told_in_one_sentence(self):
        path = os.path.join(FOLDER, "nowhere.sqlite")
        done = command("serve", "--db", path, "--listen", "127.0.0.1:0", code=1)
        self.assertEqual(done.said, "plankarta serve: %s: there is no such file\n" % path)

    def test_a_served_file_is_backed_up_and_restored(self):
        path = self.copy("served.sqlite")
        copy = os.path.join(FOLDER, "copy.sqlite")
        before = self.told(path)
        with Server(path) as server:
            command("backup", "--db", path, "--out", copy)
            self.assertEqual(server.get("/health").json()["status"], "ok")
        again = command("backup", "--db", path, "--out", copy, code=None)
        self.assertNotEqual(again.returncode, 0)  # never over another file
        command("restore", "--db", path, copy)
        self.assertEqual(self.told(path), before)
        self.assertEqual(len(glob.glob(path + ".before-restore-*Z")), 1)

    def test_a_damaged_backup_is_not_restored(self):
        path, bad = self.copy("whole.sqlite"), self.copy("bad.sqlite")
        before = self.told(path)
        with open(bad, "r+b") as f:
            f.truncate(os.path.getsize(bad) // 2)
        done = command("restore", "--db", path, bad, code=None)
        self.assertNotEqual(done.returncode, 0)
        self.assertTrue(done.said.strip())
        self.assertEqual(self.told(path), before)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], "-v"])
