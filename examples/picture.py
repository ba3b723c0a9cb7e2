#!/usr/bin/python3
"""Draws a sweep over two quantities: a map of FC, the rates at its two ends, and FC where it is strongest.

    examples/picture.py results.h5 picture.png

Needs python3-xarray, python3-h5netcdf and python3-matplotlib. It reads any result of adex1 or adex2 with a grid over
two quantities, series of E at all points ("average") and the metrics of E.
"""

import sys

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import xarray as xr


def read(result, group):
    return xr.open_dataset(result, group=group, engine="h5netcdf")


def label(coordinate):
    unit = coordinate.attrs.get("units", "")
    return f"{coordinate.name} [{unit}]" if unit else coordinate.name


def draw_map(axes, metrics, name):
    """The metric over the sweep: point is one long dimension, the swept values are coordinates beside it."""
    x, y = [c for c in metrics.coords if metrics[c].dims == ("point",) and c != "point"][::-1]
    grid = metrics[[name]].set_index(point=[y, x]).unstack("point")[name]
    drawn = axes.pcolormesh(grid[x], grid[y], grid, shading="nearest", cmap="viridis", vmin=0)
    axes.set(xlabel=label(metrics[x]), ylabel=label(metrics[y]), title="Mean functional connectivity")
    plt.colorbar(drawn, ax=axes)
    return x, y


def draw_rates(axes, series, points, y):
    """The mean rate of all regions over time, at a few points."""
    rates = 1000 * series["E"].sel(point=points).mean("node")  # kHz to Hz
    unit = series[y].attrs.get("units", "")
    for row, (point, colour) in enumerate(zip(points, ["#3b528b", "#c2570c"])):
        one = rates.sel(point=point)
        axes[row].plot(one.time - one.time[0], one, color=colour, linewidth=0.6)
        axes[row].set_title(f"{y} = {float(series[y].sel(point=point)):g} {unit}", fontsize=9, loc="left", color=colour)
        axes[row].set(ylabel="E [Hz]", xlim=(0, 4), ylim=(0, 1.1 * float(rates.max())))
    axes[0].tick_params(labelbottom=False)
    axes[-1].set_xlabel("time [s]")


def draw_fc(axes, metrics, point):
    fc = metrics["fc"].sel(point=point)
    drawn = axes.imshow(fc, cmap="RdBu_r", vmin=-1, vmax=1, interpolation="nearest")
    axes.set(title="FC at the orange point", xlabel="region", ylabel="region")
    plt.colorbar(drawn, ax=axes, shrink=0.85)


def main(result, picture):
    metrics, series = read(result, "metrics/E"), read(result, "average")
    figure = plt.figure(figsize=(12, 3.6), dpi=150, layout="constrained")
    left, middle, right = figure.subfigures(1, 3, width_ratios=[1, 1.05, 1])

    axes = left.subplots()
    x, y = draw_map(axes, metrics, "fc_mean")
    strongest = int(metrics["fc_mean"].argmax())
    same_x = metrics[x] == metrics[x][strongest]
    first = int(metrics["point"][same_x.values][0])
    for point, colour in [(first, "#3b528b"), (strongest, "#c2570c")]:
        axes.plot(metrics[x][point], metrics[y][point], "o", color=colour, markeredgecolor="white", markersize=9)

    draw_rates(middle.subplots(2, 1, sharex=True), series, [first, strongest], y)
    middle.suptitle("Mean excitatory rate", fontsize=12)
    draw_fc(right.subplots(), metrics, strongest)
    figure.savefig(picture)


if __name__ == "__main__":
    main(*sys.argv[1:])
