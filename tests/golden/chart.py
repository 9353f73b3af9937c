#!/usr/bin/env python3
"""chart.py OUT.json - the symbology chart: every class, line, mark, label and status of
plan-domain section 4, laid out in a grid, as one NGP "Detaljplan" collection.

    chart.py chart.json && plankarta import --db chart.sqlite chart.json

Cells are 40 m; the first column begins at E 600000 and the first row ends at
N 6900000 (EPSG:3006), rows go south. Rows:
  0-3  uses by letter: allmän plats, kvartersmark, water, combined, older and unknown
  4    marks on four use colours, and their mixtures
  5    property letters with index, heights, slope arrows, points, small areas
  6    lines: property, secondary, both, administrative, division, fence, exit ban
  7    plans by status; the last two without regulations and half digitised
Everything is written from the tables below; the same bytes each time.
"""
import json
import sys
import uuid

E0, N0, CELL = 600000.0, 6900000.0, 40.0
SPACE = uuid.UUID("6f1c1d4e-5c5b-4d0e-9a53-1f0a6f1a2c11")
features = []


def ident(text):
    return str(uuid.uuid5(SPACE, text))


def rect(x0, y0, x1, y1):
    """Metres right and down from the chart's corner."""
    e0, e1, n0, n1 = E0 + x0, E0 + x1, N0 - y1, N0 - y0
    return [[[e0, n0], [e1, n0], [e1, n1], [e0, n1], [e0, n0]]]


def cell(column, row, inset=0.0):
    return rect(column * CELL + inset, row * CELL + inset,
                (column + 1) * CELL - inset, (row + 1) * CELL - inset)


def line(*points):
    return [[E0 + x, N0 - y] for x, y in points]


def geometry(kind, coordinates, label=None):
    types = {"yta": "Polygon", "linje": "LineString", "punkt": "Point"}
    out = {"geometri": {"typ": kind, "dimension": 2, "koordinatsystemPlan": "EPSG:3006",
                        "position": {"type": types[kind], "coordinates": coordinates}},
           "geometrimetadata": {"absolutLagesosakerhetPlan": 0.1}}
    if label:  # no member of NGP: the place that SS 637040 gives a label
        out["label"] = label
    return out


QUALITY = {"digitaliseringsniva": "komplett", "korrigeradeGranser": False,
           "kontrolleratPlaneringsunderlag": False}


def feature(kind, key, members):
    properties = {"feature:typ": kind, "objektidentitet": ident(key), "objektversion": 1,
                  "versionGiltigFran": "2026-01-01T00:00:00Z",
                  "kvalitetsbeskrivning": QUALITY}
    properties.update(members)
    features.append({"type": "Feature", "id": ident(key), "geometry": None,
                     "properties": properties})
    return ident(key)


def plan(key, name, status, ring, kind="detaljplan", quality="komplett"):
    decision = {}
    if status not in ("påbörjad", "samråd", "granskning"):
        decision["datumAntagande"] = "2020-01-15"
        decision["beslutstyp"] = "antagande av ny detaljplan"
    if status in ("laga kraft", "upphävd", "avslutad"):
        decision["datumLagakraft"] = ["2020-02-20"]
        decision["genomforandetid"] = 60
    return feature("detaljplan", key, {
        "kommun": "Kartprov", "beteckning": key, "namn": name, "status": status,
        "datumStatusforandring": "2020-02-20", "typ": kind,
        "syfte": "Att visa hur kartan ritas.",
        "kvalitetsbeskrivning": dict(QUALITY, digitaliseringsniva=quality),
        "plangeometri": [geometry("yta", ring)], "beslutsinformation": [decision]})


count = 0


def regulation(plan_id, kind, geometries, wording, letter=None, index=None, uses=(),
               values=(), **more):
    global count
    count += 1
    names = {"u": "användningsbestämmelse", "p": "egenskapsbestämmelse",
             "a": "administrativ bestämmelse"}
    members = {"detaljplan": plan_id, "bestammelseformulering": wording,
               "planbestammelsekatalogreferens": ident("katalog " + wording),
               "bestammelsegeometri": geometries}
    if letter:
        members["beteckning"] = letter
    if index:
        members["index"] = str(index)
    if kind == "p":
        members["reglerarAnvandningsbestammelse"] = list(uses)
    if kind == "a":
        members["reglerarDetaljplan"] = plan_id
    if values:
        members["bestammelsevarde"] = [
            {"datatyp": "decimaltal", "variabelvarde": v, "beskrivning": n,
             "vardetyp": "max", "enhet": u} for n, v, u in values]
    members.update(more)
    return feature(names[kind], f"bestämmelse {count}", members)


# ---- uses: rows 0-3, ten columns, one plan in force ----

USES = [
    ("GATA", "Gata"), ("VÄG", "Väg"), ("TORG", "Torg"), ("P-PLATS", "Parkering"),
    ("GC-VÄG", "Gång- och cykelväg"), ("GÅNG", "Gångväg"), ("CYKEL", "Cykelväg"),
    ("PARK", "Park"), ("NATUR", "Naturområde"), ("SKYDD", "Skydd"),
    ("B", "Bostäder"), ("C", "Centrum"), ("D", "Vård"), ("E", "Tekniska anläggningar"),
    ("F", "Flygtrafik"), ("G", "Drivmedel"), ("H", "Detaljhandel"), ("J", "Industri"),
    ("K", "Kontor"), ("L", "Odling och djurhållning"),
    ("M", "Begravningsplats"), ("N", "Friluftsliv och camping"),
    ("O", "Tillfällig vistelse"), ("P", "Parkering"), ("R", "Besöksanläggningar"),
    ("S", "Skola"), ("T", "Trafik"), ("U", "Räddningstjänst"), ("V", "Hamn"),
    ("Y", "Annan kvartersmark"),
    ("Z", "Verksamheter"), ("W", "Vattenområde"), ("B+C", ""), ("R+S", ""),
    ("GATA+TORG", ""), ("B1", "Bostäder, ej bottenvåning"), ("GATA1", "Lokalgata"),
    ("X9", "Okänd användning"), ("code", ""), ("", "Kryddor"),
]
WORDINGS = dict(USES)


def split_index(letter):
    head = letter.rstrip("0123456789")
    return head, letter[len(head):] or None


def use_cell(plan_id, spec, column, row):
    if spec == "code":  # told by its code of the 2014 catalogue alone
        return [regulation(plan_id, "u", [geometry("yta", cell(column, row))], "Gångväg",
                           bestammelsekod="DP_AP_Ko_Gang")]
    out = []
    for one in spec.split("+"):
        letter, index = split_index(one)
        if one == "X9":
            letter, index = "X", "9"
        out.append(regulation(plan_id, "u", [geometry("yta", cell(column, row))],
                              WORDINGS.get(one, WORDINGS.get(letter, "")) or "Okänd",
                              letter or None, index))
    return out


uses_plan = plan("PROV-1", "Användningar", "laga kraft", rect(0, 0, 400, 160))
for number, (spec, _) in enumerate(USES):
    use_cell(uses_plan, spec, number % 10, number // 10)

# ---- rows 4-6: what lies on uses ----

marks_plan = plan("PROV-2", "Egenskaper och linjer", "laga kraft", rect(0, 160, 400, 280))
ground = {}
for row, letters in ((4, "BCSJWBBNMZ"), (5, "BBBBBBBBBB"), (6, "BBBBBBBBBB")):
    for column, letter in enumerate(letters):
        ground[column, row] = use_cell(marks_plan, letter, column, row)

MARK_TEXT = {
    "prickmark": "Marken får inte förses med byggnad.",
    "korsmark": "Marken får endast förses med komplementbyggnad.",
    "ringmark": "Endast byggnadsverk under mark.",
    "korsprick": "Kors- och punktprickad mark: endast uthus.",
    "ringprick": "Punkt- och ringprickad mark: får byggas under.",
}
for column, mark in enumerate(["prickmark", "korsmark", "ringmark", "korsprick",
                               "ringprick", "korsprick", "ringprick", "prickmark",
                               "korsmark", "ringmark"]):
    regulation(marks_plan, "p", [geometry("yta", cell(column, 4, 6))], MARK_TEXT[mark],
               uses=ground[column, 4], symbol=mark)


def property_in(column, row, wording, letter=None, index=None, ring=None, kind="yta",
                label=None, **more):
    return regulation(marks_plan, "p",
                      [geometry(kind, ring or cell(column, row, 6), label)],
                      wording, letter, index, uses=ground[column, row], **more)


def at(column, row, x, y):
    return [E0 + column * CELL + x, N0 - row * CELL - y]


property_in(0, 5, "Största byggnadsarea är 20 % av fastighetsarean.", "e", 1,
            values=[("utnyttjandegrad", "20", "procent")])
property_in(0, 5, "Högsta nockhöjd är 8,5 meter.", "h", 1,
            values=[("höjd", "8,5", "meter")])
property_in(1, 5, "Högsta nockhöjd är 12,0 meter.", "nh",
            values=[("höjd", "12,0", "meter")])
property_in(2, 5, "Högsta totalhöjd är 15,5 meter.", "th",
            values=[("höjd", "15,5", "meter")])
property_in(3, 5, "Högsta byggnadshöjd är 7,0 meter.", "bh",
            values=[("höjd", "7,0", "meter")])
for part, (turn, x0, y0) in enumerate([(0, 2, 2), (90, 21, 2), (200, 2, 21), (315, 21, 21)]):
    x, y = 4 * CELL + x0, 5 * CELL + y0
    property_in(4, 5, "Största lutning är 1:20.",
                ring=rect(x, y, x + 17, y + 17), symbol="lutning",
                values=[("lutning1", "1", ""), ("lutning2", "20", "")],
                label={"x": E0 + x + 8.5, "y": N0 - y - 8.5, "rotation": turn})
for x, y, level in ((10, 10, "12.4"), (28, 14, "8.0"), (14, 30, "105.25")):
    property_in(5, 5, f"Markens höjd över nollplanet ska vara {level} meter.",
                ring=at(5, 5, x, y), kind="punkt", symbol="plushojd",
                values=[("höjd", level, "meter")])
for i in range(4):  # too small for their letters: leaders
    x, y = 6 * CELL + 8 + 8 * i, 5 * CELL + 14
    property_in(6, 5, f"Endast byggnadsverk av slag {i + 1}.", "f", 10 + i,
                ring=rect(x, y, x + 1.5, y + 3))
property_in(7, 5, "Byggnad ska placeras i gräns.", "p", 2,
            label={"x": E0 + 7 * CELL + 12, "y": N0 - 5 * CELL - 30, "rotation": 30})
property_in(8, 5, "Trappa ska finnas.", "trappa", 1)
property_in(9, 5, "Markreservat för allmännyttiga underjordiska ledningar.", "u", 12,
            ring=rect(9 * CELL + 16, 5 * CELL, 9 * CELL + 22, 6 * CELL))

# Lines. Left and right halves, so that a border runs down the middle of the cell.
def half(column, row, right):
    x = column * CELL
    return rect(x + (20 if right else 4), row * CELL + 4, x + (36 if right else 20),
                (row + 1) * CELL - 4)


property_in(0, 6, "Endast friliggande hus.", "f", 1, ring=half(0, 6, False))
property_in(0, 6, "Endast parhus.", "f", 2, ring=half(0, 6, True))
property_in(1, 6, "Endast tegel.", "f", 3, ring=half(1, 6, False),
            sekundarEgenskapsgrans=True)
property_in(1, 6, "Endast trä.", "f", 4, ring=half(1, 6, True),
            sekundarEgenskapsgrans=True)
property_in(2, 6, "Endast puts.", "f", 5, ring=half(2, 6, False))
property_in(2, 6, "Endast plåt.", "f", 6, ring=half(2, 6, True),
            sekundarEgenskapsgrans=True)
regulation(marks_plan, "a", [geometry("yta", cell(3, 6, 5))],
           "Strandskyddet är upphävt.", "a", 1)
property_in(4, 6, "Områdets indelning i fastigheter.", ring=half(4, 6, False),
            symbol="fastighetsindelning")
property_in(4, 6, "Områdets indelning i fastigheter.", ring=half(4, 6, True),
            symbol="fastighetsindelning")
x, y = 5 * CELL, 6 * CELL
property_in(5, 6, "Områdets indelning i fastigheter.", kind="linje",
            ring=line((x + 4, y + 4), (x + 20, y + 30), (x + 36, y + 8)),
            symbol="fastighetsindelning")
x = 6 * CELL
property_in(6, 6, "Stängsel ska finnas.", kind="linje",
            ring=line((x + 4, y + 8), (x + 36, y + 8)), symbol="stangsel")
property_in(6, 6, "Stängsel ska finnas.", kind="linje",
            ring=line((x + 5, y + 34), (x + 20, y + 18), (x + 35, y + 34)),
            symbol="stangsel")
x = 7 * CELL
property_in(7, 6, "Utfartsförbud", kind="linje",
            ring=line((x + 4, y + 8), (x + 36, y + 8)), symbol="utfartsforbud")
property_in(7, 6, "Utfartsförbud", kind="linje",
            ring=line((x + 5, y + 34), (x + 20, y + 18), (x + 35, y + 34)),
            symbol="utfartsforbud")
# All ranks on one line: the property, secondary and administrative borders lie on the
# use's own in the upper half, and on each other below.
property_in(8, 6, "Endast ett plan.", "f", 7, ring=rect(8 * CELL, y, 8 * CELL + 40, y + 20))
property_in(8, 6, "Endast suterräng.", "f", 8,
            ring=rect(8 * CELL, y, 8 * CELL + 40, y + 20), sekundarEgenskapsgrans=True)
regulation(marks_plan, "a", [geometry("yta", rect(8 * CELL, y, 8 * CELL + 40, y + 20))],
           "Bygglov krävs inte.", "a", 2)
property_in(9, 6, "Utfart får inte finnas.", kind="linje",
            ring=line((9 * CELL, y + 4), (9 * CELL, y + 36)), symbol="utfartsforbud")
property_in(9, 6, "En linje utan symbol.", "n", 3, kind="linje",
            ring=line((9 * CELL + 10, y + 10), (9 * CELL + 34, y + 32)))

# ---- row 7: plans by status ----

STATUS = ["påbörjad", "samråd", "granskning", "antagen", "överklagad", "tillsyn",
          "laga kraft", "upphävd", "avslutad"]
for column, status in enumerate(STATUS):
    area = rect(column * CELL + 3, 290, column * CELL + 37, 330)
    inner = rect(column * CELL + 8, 295, column * CELL + 32, 312)
    owner = plan(f"PROV-{10 + column}", f"Plan {status}", status, area)
    use = regulation(owner, "u", [geometry("yta", area)], "Bostäder", "B")
    regulation(owner, "p", [geometry("yta", inner)], MARK_TEXT["prickmark"], uses=[use])
plan("PROV-20", "Bara gränsen", "laga kraft", rect(3, 340, 77, 380), "byggnadsplan")
half_plan = plan("PROV-21", "Halvt digitaliserad", "laga kraft", rect(83, 340, 157, 380),
                 quality="ej komplett")
regulation(half_plan, "u", [geometry("yta", rect(83, 340, 120, 380))], "Skola", "S")
for column, kind in enumerate(["stadsplan", "byggnadsplan", "avstyckningsplan"]):
    x = 163 + 80 * column
    older = plan(f"PROV-{30 + column}", f"Äldre {kind}", "laga kraft",
                 rect(x, 340, x + 74, 380), kind)
    use = regulation(older, "u", [geometry("yta", rect(x, 340, x + 74, 380))],
                     "Bostadsändamål", "B")
    regulation(older, "p", [geometry("yta", rect(x + 5, 345, x + 69, 352))],
               "Mark som inte får bebyggas. Punktprickad mark.", uses=[use])

with open(sys.argv[1], "w", encoding="utf-8") as out:
    json.dump({"type": "FeatureCollection", "feature:mediatyp":
               "application/vnd.lm.detaljplan.v4+json", "features": features}, out,
              ensure_ascii=False, indent=1)
    out.write("\n")
