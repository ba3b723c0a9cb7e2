"""Opens every group of a result with both of xarray's engines, and tells as JSON what it sees.

usage: open.py result.h5 [group variable axis value node]

With more arguments it also selects: the variable at the point where the axis has the value, at the node of that label.
"""

import json
import sys

import h5py
import numpy as np
import xarray as xr


def groups(file):
    """Paths of the groups that hold data sets or attributes."""
    found = []
    file.visititems(lambda name, item: found.append(name) if isinstance(item, h5py.Group) else None)
    return [g for g in found if any(isinstance(v, h5py.Dataset) for v in file[g].values()) or file[g].attrs]


def plain(values):
    """Values as JSON takes them, what is undefined as null."""
    values = np.asarray(values)
    if values.dtype.kind == "f":
        return [None if np.isnan(v) else float(v) for v in values.ravel()]
    return [v if isinstance(v, str) else int(v) for v in values.ravel()]


def see(path, engine, group):
    with xr.open_dataset(path, group=group, engine=engine) as data:
        data.load()
        return {
            "dims": {str(k): int(v) for k, v in data.sizes.items()},
            "coords": sorted(map(str, data.coords)),
            "variables": {
                str(k): {"dims": list(map(str, v.dims)), "units": v.attrs.get("units", ""), "values": plain(v.values)}
                for k, v in data.variables.items()
            },
            "attributes": sorted(map(str, data.attrs)),
        }


def select(path, engine, group, variable, axis, value, node):
    with xr.open_dataset(path, group=group, engine=engine) as data:
        at = data.swap_dims(point=axis).sel({axis: float(value)}).sel(node=node)
        return plain(at[variable].values)


path = sys.argv[1]
with h5py.File(path, "r") as file:
    names = groups(file)
report = {}
for engine in ("h5netcdf", "netcdf4"):
    report[engine] = {"groups": {g: see(path, engine, g) for g in names}}
    if len(sys.argv) > 2:
        report[engine]["selected"] = select(path, engine, *sys.argv[2:])
print(json.dumps(report))
