"""Runs viewer_style.mjs beside a server of the sample.
Usage: viewer_style.py SAMPLE_FOLDER NODE NODE_FOLDER."""

import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "whole"))
from whole import Server  # noqa: E402

sample, node, folder = sys.argv[1:]
with Server(os.path.join(sample, "sample.sqlite")) as server:
    done = subprocess.run([node, os.path.join(HERE, "viewer_style.mjs"), folder, server.base,
                           "plan,base,strandskydd"], timeout=200, check=False)
sys.exit(done.returncode)
