"""The database file opens in ogrinfo and in QGIS, and shows the published plan layers.

usage: open_database.py DATABASE
Both are real clients from Debian; whichever is missing is said to be skipped.
"""

import os
import shutil
import subprocess
import sys

VIEWS = {
    # view: (columns that must be there, least number of rows)
    "detaljplan": ({"beteckning", "namn", "status"}, 20),
    "anvandningsbestammelse": ({"bestammelseformulering", "beteckning"}, 50),
    "egenskapsbestammelse": ({"bestammelseformulering"}, 50),
    "fastighet": ({"beteckning"}, 100),
    "adress": ({"adress"}, 50),
    "ortnamn": ({"namn"}, 1),
}


def check(failures, ok, what):
    print(("ok      " if ok else "FAILED  ") + what)
    if not ok:
        failures.append(what)


def by_ogrinfo(database, failures):
    if shutil.which("ogrinfo") is None:
        print("skipped ogrinfo: not installed (gdal-bin)")
        return
    for view, (columns, least) in VIEWS.items():
        done = subprocess.run(
            ["ogrinfo", "-ro", "-so", database, view],
            capture_output=True, text=True, timeout=120, check=False)
        text = done.stdout
        count = 0
        for line in text.splitlines():
            if line.startswith("Feature Count:"):
                count = int(line.split(":")[1])
        missing = {c for c in columns if f"\n{c}: " not in text}
        check(failures, done.returncode == 0 and count >= least and not missing,
              f"ogrinfo {view}: {count} rows, missing columns {sorted(missing)}")
        check(failures, "SWEREF99 TM" in text, f"ogrinfo {view}: reference system")


def by_qgis(database, failures):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    try:
        from qgis.core import QgsApplication, QgsVectorLayer
    except ImportError:
        print("skipped QGIS: not installed (python3-qgis)")
        return
    app = QgsApplication([], False)
    app.initQgis()
    for provider, uri in (
        ("ogr", "{db}|layername={view}"),
        ("spatialite", "dbname='{db}' table=\"{view}\" (geometry)"),
    ):
        for view, (columns, least) in VIEWS.items():
            layer = QgsVectorLayer(uri.format(db=database, view=view), view, provider)
            names = {f.name() for f in layer.fields()}
            count = sum(1 for f in layer.getFeatures() if not f.geometry().isNull())
            # QGIS's SpatiaLite provider (3.22) tells no reference system for views over
            # columns of mixed geometry; it asks the user. Its OGR provider does.
            systems = {"EPSG:3006"} if provider == "ogr" else {"EPSG:3006", ""}
            check(failures,
                  layer.isValid() and columns <= names and count >= least
                  and layer.crs().authid() in systems,
                  f"QGIS {provider} {view}: valid {layer.isValid()}, {count} geometries, "
                  f"{layer.crs().authid()}, missing {sorted(columns - names)}")
            del layer  # before the application, or QGIS crashes at the end
    app.exitQgis()


def main():
    database = os.path.abspath(sys.argv[1])
    failures = []
    by_ogrinfo(database, failures)
    by_qgis(database, failures)
    print(f"{len(failures)} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
