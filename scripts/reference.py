#!/usr/bin/env python3
"""Thins the reference trajectories of ../shared/reference/tvb to what sim's tests keep in testdata.

    scripts/reference.py SHARED/reference/tvb sim/testdata/tvb

Of each run on the small made-up connectomes (toy2, syn10) it keeps the inputs and every hundredth step of the raw
series, with all digits. The full series stay where they are.
"""
import csv
import gzip
import json
import pathlib
import sys

RUNS = """adex1_syn10 adex1_toy2 adex2_syn10_p1_be0_g0.3 adex2_syn10_p2_be60_g0.3 adex2_syn10_p4_be60_ELe-65_ae4
adex2_syn10_tvbdefaults adex2_toy2_p1_be0_g0.3 adex2_toy2_p2_be60_g0.3 adex2_toy2_p4_be60_ELe-65_ae4
adex2low_syn10_p1_be0_g0.3 adex2low_syn10_p2_be60_g0.3 adex2low_toy2_p1_be0_g0.3 adex2low_toy2_p2_be60_g0.3
g2do_diff_toy2 g2do_syn10 g2do_toy2 kuramoto_toy2 rww_syn10 rww_toy2 bold_g2do_syn10_20s""".split()


def table(folder, name):
    for path, opener in ((folder / name, open), (folder / (name + ".gz"), gzip.open)):
        if path.exists():
            with opener(path, "rt") as f:
                return list(csv.reader(f))
    return None


def numbers(rows):
    return [[float(x) for x in row] for row in rows or []]


def thin(folder, name):
    run = json.loads((folder / f"{name}.json").read_text())
    keep = {k: run[k] for k in ("name", "tvb_commit", "model", "state_variables", "model_parameters", "coupling",
                                "coupling_parameters", "dt", "n_steps", "conduction_speed_mm_per_ms", "horizon")}
    keep["weights"] = numbers(table(folder, f"{name}.weights.csv"))
    keep["tract_lengths"] = numbers(table(folder, f"{name}.tract_lengths.csv"))
    keep["initial_state"] = numbers(table(folder, f"{name}.initial_state.csv"))
    every, rows = 1, table(folder, f"{name}.raw.csv")
    if rows is None:
        every, rows = 10, table(folder, f"{name}.raw_every10.csv")
    if rows is not None:
        keep["raw"] = [{"step": 1 + every * i, "values": [float(x) for x in row[1:]]}
                       for i, row in enumerate(rows[1:]) if every * i % 100 == 0]
    bold = table(folder, f"{name}.bold.csv")
    if bold is not None:
        keep["bold"] = numbers(bold[1:])
    average = table(folder, f"{name}.tavg.csv")
    keep["average"] = [[float(x) for x in row] for i, row in enumerate(average[1:]) if i % 50 == 10]
    return keep


def main():
    source, target = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    target.mkdir(parents=True, exist_ok=True)
    for name in RUNS:
        text = json.dumps(thin(source, name))
        with open(target / f"{name}.json.gz", "wb") as raw, gzip.GzipFile("", "wb", 9, raw, 0) as f:
            f.write(text.encode())


main()
