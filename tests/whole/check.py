"""plankarta check: the command, its three forms and its exit codes, on the sample and on
the Swedish files beside the project (skipped when they are not there).

    check.py FOLDER DATA
"""
import glob
import json
import os
import shutil
import subprocess
import sys

PROGRAM = os.environ["PLANKARTA"]
FOLDER, DATA = sys.argv[1:3]
os.environ["LC_ALL"] = "C"  # Swedish


def check(*words, code):
    run = subprocess.run([PROGRAM, "check", *words], capture_output=True, timeout=120)
    assert run.returncode == code, (words, run.returncode, run.stderr.decode()[-500:])
    return run.stdout.decode()


def sample_plans():
    shutil.rmtree(FOLDER, ignore_errors=True)
    subprocess.run([PROGRAM, "sample", "--out", FOLDER, "--seed", "3", "--plans", "24"],
                   check=True, capture_output=True)
    return glob.glob(FOLDER + "/plans/*.json")


def spoilt(plans):
    """Two plans without their first use."""
    with open(plans[0], encoding="utf-8") as file:
        document = json.load(file)
    gone = set()
    left = []
    for feature in document["features"]:
        properties = feature["properties"]
        plan = properties.get("detaljplan")
        first = properties["feature:typ"] == "användningsbestämmelse" and plan not in gone
        if first and len(gone) < 2:
            gone.add(plan)
        else:
            left.append(feature)
    document["features"] = left
    path = FOLDER + "/spoilt.json"
    with open(path, "w", encoding="utf-8") as file:
        json.dump(document, file)
    return path


def the_sample():
    plans = sample_plans()
    assert "0 fel" in check(*plans, code=0)
    path = spoilt(plans)
    report = json.loads(check("--json", path, code=1))
    assert report["version"] is None and report["draft"] is None
    assert report["sources"][0]["profile"] == "ngp"
    assert report["tests"] == len(report["testcase"])
    cases = {case["id"]: case for case in report["testcase"]}
    assert cases["DP-0003"]["status"] == "FAILURE", cases["DP-0003"]
    assert cases["DP-0018"] == {"id": "DP-0018", "label": cases["DP-0018"]["label"],
                                "status": "OK", "message": []}
    assert report["failures"] == sum(c["status"] == "FAILURE" for c in cases.values())
    for message in cases["DP-0003"]["message"]:
        assert message["fix"] and message["key"] and len(message["point"]) == 2
    faults = json.loads(check("--geojson", path, code=1))
    shapes = [f["geometry"] for f in faults["features"]
              if f["properties"]["rule"] == "DP-0003"]
    assert shapes and all(s["type"] in ("Polygon", "MultiPolygon") for s in shapes)
    lon, lat = shapes[0]["coordinates"][0][0][:2]
    assert 10 < lon < 25 and 55 < lat < 70, (lon, lat)
    older = json.loads(check("--profile", "aldre", "--json", path, code=0))
    assert older["sources"][0]["profile"] == "aldre"
    check("--profile", "nobody", path, code=2)
    check(FOLDER + "/nothing.json", code=1)


def a_plan_of_another_municipality():
    path = DATA + "/derived/se-oppmanna-tollarp-ngp-v4.json"
    with open(path, encoding="utf-8") as file:
        text = file.read()
    with open(FOLDER + "/lund.json", "w", encoding="utf-8") as file:
        file.write(text.replace('"Kristianstad"', '"Lund"'))
    with open(FOLDER + "/borders.mapping.json", "w", encoding="utf-8") as file:
        json.dump({"name": "borders", "layers": [
            {"match": {"fields": ["kom_namn"]}, "kind": "layer",
             "layer": {"id": "municipality", "role": "municipality",
                       "title_column": "kom_namn"}}]}, file)
    borders = [DATA + "/se-boundaries/swedish_municipalities.geojson",
               "--mapping", FOLDER + "/borders.mapping.json", "--json"]

    def outside(plan):
        report = json.loads(subprocess.run(
            [PROGRAM, "check", plan, *borders], capture_output=True).stdout)
        return [f for f in report["sources"][0]["findings"] if f["severity"] == "error"]

    assert outside(path) == [], outside(path)
    found = outside(FOLDER + "/lund.json")
    assert [f["rule"] for f in found] == ["P-MUNICIPALITY"], found


def every_swedish_file():
    if not os.path.isdir(DATA):
        print("skipped: no real data here")
        return
    a_plan_of_another_municipality()
    files = [f for folder in ("se-*", "derived") for f in glob.glob(f"{DATA}/{folder}/*")]
    for path in files:
        run = subprocess.run([PROGRAM, "check", "--json", path], capture_output=True,
                             timeout=120)
        assert run.returncode in (0, 1), (path, run.returncode, run.stderr[-300:])
        report = json.loads(run.stdout)
        words = json.dumps(report["sources"])
        assert "broke down" not in words and "took longer" not in words, path
        assert report["sources"][0]["counts"], path
    print(len(files), "files")


the_sample()
every_swedish_file()
