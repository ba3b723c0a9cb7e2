#!/usr/bin/env python3
"""Thins the reference trajectories of ../shared/reference to what sim's tests keep in testdata.

    scripts/reference.py SHARED/reference sim/testdata/tvb

Of each run on the small made-up connectomes (toy2, syn10) it keeps the inputs and some steps of the raw series, with
all digits. The full series stay where they are.
"""
import csv
import gzip
import json
import pathlib
import sys

RUNS = """adex1_syn10 adex1_toy2 adex2_syn10_p1_be0_g0.3 adex2_syn10_p2_be60_g0.3 adex2_syn10_p4_be60_ELe-65_ae4
adex2_syn10_tvbdefaults adex2_toy2_p1_be0_g0.3 adex2_toy2_p2_be60_g0.3 adex2_toy2_p4_be60_ELe-65_ae4
adex2low_syn10_p1_be0_g0.3 adex2low_syn10_p2_be60_g0.3 adex2low_toy2_p1_be0_g0.3 adex2low_toy2_p2_be60_g0.3
g2do_diff_toy2 g2do_syn10 g2do_toy2 kuramoto_toy2 rww_syn10 rww_toy2 bold_g2do_syn10_20s epileptor_coupled_toy2
epileptor_syn10 epileptor_toy2 jansenrit_lin_toy2 jansenrit_syn10 jansenrit_toy2 mpr_toy2 rwwei_toy2
wilsoncowan_toy2""".split()

# Runs of a later series, all on syn10 and each with its own scheme; some models have modes.
SERIES = """codim3 codim3slow coombesbyrne coombesbyrne2d decobalanced dumontgutkin epileptor2d epileptor_rs
g2do_sigmoidal gsk_sd gsk_sf hopfield_dyn hopfield_static hopfield_static_global kionex larterbreakspear linear rfhn rhr stim_pulsetrain suphopf zetterbergjansen""".split()


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
    keep["model_parameters"] = numeric(run["model_parameters"])
    keep["coupling_parameters"] = numeric(run["coupling_parameters"])
    keep["integrator"] = run["integrator"]
    keep["average_steps"] = next(m["istep"] for m in run["monitors"] if m["type"] == "TemporalAverage")
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


def numeric(parameters):
    """Parameters as lists, switches as 0 and 1."""
    lists = {k: v if isinstance(v, list) else [v] for k, v in parameters.items()}
    return {k: [float(x) for x in v] for k, v in lists.items() if not isinstance(v[0], str)}


def thin_series(folder, connectome, name):
    run = json.loads((folder / f"{name}.json").read_text())
    keep = {k: run[k] for k in ("name", "tvb_commit", "model", "state_variables", "recorded", "modes", "coupling",
                                "integrator", "dt", "n_steps", "horizon")}
    keep["model_parameters"] = numeric(run["model_parameters"])
    keep["coupling_parameters"] = numeric(run["coupling_parameters"])
    keep["conduction_speed_mm_per_ms"] = run["speed"]
    keep["weights"] = numbers(table(connectome, "g2do_syn10.weights.csv"))
    keep["tract_lengths"] = numbers(table(connectome, "g2do_syn10.tract_lengths.csv"))
    modes = run["modes"]
    keep["initial_state"] = [[node[m] for node in state] for state in run["initial_state"] for m in range(modes)]
    if "stimulus" in run["extra"]:
        keep["stimulus"] = run["extra"]

    def by_mode(row):
        """Values ordered [variable][mode][node], which are [variable][node][mode] in the file."""
        nodes = len(keep["weights"])
        values = [float(x) for x in row[1:]]
        return [values[(v * nodes + i) * modes + m]
                for v in range(len(values) // nodes // modes) for m in range(modes) for i in range(nodes)]

    rows = table(folder, f"{name}.raw_every10.csv")[1:]
    keep["raw"] = [{"step": 1 + 10 * i, "values": by_mode(row)} for i, row in enumerate(rows) if i % 10 == 0 or i == len(rows) - 1]
    period = next(m["period"] for m in run["monitors"] if m["key"] == "tavg")
    keep["average_steps"] = round(period / run["dt"])
    average = table(folder, f"{name}.tavg.csv")[1:]
    keep["average"] = [[float(row[0])] + by_mode(row) for i, row in enumerate(average) if i % 25 == 10]
    return keep


def main():
    source, target = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    target.mkdir(parents=True, exist_ok=True)
    runs = [(name, thin(source / "tvb", name)) for name in RUNS]
    runs += [(name, thin_series(source / "series", source / "tvb", name)) for name in SERIES]
    for name, run in runs:
        with open(target / f"{name}.json.gz", "wb") as raw, gzip.GzipFile("", "wb", 9, raw, 0) as f:
            f.write(json.dumps(run).encode())


main()
