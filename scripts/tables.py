#!/usr/bin/env python3
"""Thins TVB's tables of derivatives to what the library's tests keep in testdata.

    scripts/tables.py SHARED/reference/dfun model/library/testdata/dfun

Of each set it keeps 20 rows, spread evenly, with all digits. Sets with a local coupling, which belongs to surfaces, and
derived values are left out.
"""
import json
import pathlib
import sys

ROWS = 20


def thin(table):
    keep = {k: table[k] for k in ("model", "state_variables", "modes", "cvar")}
    keep["sets"] = []
    for s in table["sets"]:
        if s["local_coupling"] != 0:
            continue
        n = len(s["states"])
        rows = sorted({i * n // ROWS for i in range(ROWS)})
        kept = {"name": s["name"], "parameters": {k: v for k, v in s["parameters"].items() if isinstance(v, (int, float))}}
        for key in ("states", "coupling", "derivatives"):
            kept[key] = [s[key][i] for i in rows]
        keep["sets"].append(kept)
    return keep


def main():
    source, target = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    target.mkdir(parents=True, exist_ok=True)
    for path in sorted(source.glob("*.json")):
        text = json.dumps(thin(json.loads(path.read_text())), separators=(",", ":"))
        (target / path.name).write_text(text.replace('"states":', '\n"states":').replace('"derivatives":', '\n"derivatives":') + "\n")


main()
