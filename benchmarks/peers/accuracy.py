"""How far travel times of different engines are apart, on the same random pairs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmarks.tables import ResultTable
from graphs.network import Float64
from graphs.region import Region
from graphs.search import INF
from graphs.travel import travel_matrix

AT_ONCE = 250
#: Shorter trips are left out: a second more or less is all of them.
LEAST_S = 30.0
OUTLIER = 0.25
#: Pairs of engines, the first one times a factor against the second.
COMPARED = (
    ("towline", "osrm"),
    ("towline, speeds alone", "osrm"),
    ("towline", "valhalla"),
    ("osrm", "valhalla"),
    ("towline, own profile", "osrm"),
    ("towline, own profile", "valhalla"),
)


@dataclass(frozen=True)
class Difference:
    """|a x factor - b| / b over pairs that both answer."""

    median: float
    p90: float
    outliers: tuple[int, ...]  # pairs that differ by more than `OUTLIER`
    pairs: int


def towline_pairs(region: Region, origins: Float64, targets: Float64) -> Float64:
    """[k] seconds from origin i to target i, NaN where there is no way."""
    here, there = (region.snapper.snap(p[:, 0], p[:, 1]) for p in (origins, targets))
    found = np.empty(len(origins))
    for begin in range(0, len(origins), AT_ONCE):
        rows = np.arange(begin, min(begin + AT_ONCE, len(origins)))
        times = travel_matrix(
            region.network, region.metric, here.take(rows), there.take(rows), graph=region.search_graph
        )
        found[rows] = np.diag(times)
    return np.where(found >= INF, np.nan, found / 1000)


def usable(a: Float64, b: Float64) -> np.ndarray:
    with np.errstate(invalid="ignore"):
        return np.isfinite(a) & np.isfinite(b) & (b >= LEAST_S)


def factor(a: Float64, b: Float64) -> float:
    """The one number that brings ``a`` nearest to ``b``: the median ratio."""
    kept = usable(a, b)
    return float(np.median(b[kept] / np.maximum(a[kept], 1e-3)))


def difference(a: Float64, b: Float64, scale: float = 1.0) -> Difference:
    rows = np.flatnonzero(usable(a, b))
    apart = np.abs(a[rows] * scale - b[rows]) / b[rows]
    return Difference(
        median=float(np.median(apart)),
        p90=float(np.quantile(apart, 0.9)),
        outliers=tuple(rows[apart > OUTLIER].tolist()),
        pairs=int(rows.size),
    )


def table_of(times: dict[str, dict[str, Float64]], other: dict[str, str]) -> tuple[ResultTable, dict[str, object]]:
    """``times`` by extract and engine; ``other`` names the extract whose factor is used for each."""
    rows, figures = [], {}
    for extract, engines in times.items():
        fitted_on = other.get(extract, "")
        for a, b in COMPARED:
            if a not in engines or b not in engines:
                continue
            raw = difference(engines[a], engines[b])
            fits = fitted_on in times and {a, b} <= times[fitted_on].keys()
            scale = factor(times[fitted_on][a], times[fitted_on][b]) if fits else 1.0
            fitted = difference(engines[a], engines[b], scale)
            shown = [f"{100 * raw.median:.2f} %", f"{100 * raw.p90:.2f} %"]
            shown += (
                [f"{scale:.3f}", f"{100 * fitted.median:.2f} %", f"{100 * fitted.p90:.2f} %"] if fits else ["–"] * 3
            )
            shown.append(str(len(fitted.outliers)))
            rows.append([extract, f"{a} to {b}", *shown])
            figures[f"{extract}: {a} to {b}"] = {
                "pairs": raw.pairs,
                "median": raw.median,
                "p90": raw.p90,
                "factor": scale,
                "factor_fitted_on": fitted_on if fits else "",
                "median_fitted": fitted.median,
                "p90_fitted": fitted.p90,
                "outliers": len(fitted.outliers),
                "outlier_pairs": fitted.outliers[:50],
            }
    title = "Travel times of random pairs: absolute relative difference"
    columns = ("extract", "", "median", "p90", "factor of the other", "median", "p90", "over 25 %")
    return ResultTable.of(title, columns, rows), figures
