"""What is to be sited: who wants help, from where it could come, how long it takes and what it costs."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from engine.errors import SitingError
from graphs.network import Float64, Int64
from graphs.search import INF

Bool = npt.NDArray[np.bool_]

#: Beyond this a weight, a cost or a time is a mistake, and sums would lose whole units.
MOST = 1e12


@dataclass(frozen=True, eq=False)
class SitingProblem:
    """``d`` rows of demand and ``s`` sites.

    Times of `arrival_ms` may be integers or floats (metres work as well, with `within_ms` in metres); `INF` of
    `graphs.search`, anything above, and infinity mean that there is no way. They are kept as float64, in which integers
    up to 2**53 are exact. Sites that exist serve, cost nothing and never count.

    Raises SitingError naming the first row or site that cannot be used.
    """

    arrival_ms: npt.ArrayLike  # [d, s] from site to demand
    weight: npt.ArrayLike  # [d] >= 0, not all zero
    within_ms: npt.ArrayLike  # [d] > 0, the promise of the place
    contract_cost: npt.ArrayLike  # [s] >= 0
    existing: npt.ArrayLike  # [s] bool
    crews: npt.ArrayLike | None = None  # [s] int >= 0, units at existing sites, 1 each by default
    arrival: Float64 = field(init=False, repr=False)  # [d, s], infinite where there is no way
    weights: Float64 = field(init=False, repr=False)
    within: Float64 = field(init=False, repr=False)
    costs: Float64 = field(init=False, repr=False)
    open: Bool = field(init=False, repr=False)
    units: Int64 = field(init=False, repr=False)  # [s], 0 where no site exists

    def __post_init__(self) -> None:
        arrival = _numbers("arrival_ms", self.arrival_ms, 2)
        rows, sites = arrival.shape
        if not rows:
            raise SitingError("there is no demand: give at least one row of arrival_ms", field="arrival_ms")
        if not sites:
            raise SitingError("there are no sites: give at least one column of arrival_ms", field="arrival_ms")
        wrong = np.argwhere(~(arrival >= 0))
        if wrong.size:
            row, site = wrong[0].tolist()
            raise SitingError(
                f"arrival_ms[{row}, {site}] is {arrival[row, site]}; give a time from 0, or INF where there is no way",
                field="arrival_ms",
                index=row,
                site=site,
            )
        weight = _column("weight", self.weight, rows, "row of demand")
        within = _column("within_ms", self.within_ms, rows, "row of demand")
        costs = _column("contract_cost", self.contract_cost, sites, "site")
        if not weight.any():
            raise SitingError("all weights are zero; nobody would be served: give some above", field="weight")
        if not (within > 0).all():
            row = int(np.argmin(within > 0))
            raise SitingError(f"within_ms[{row}] is 0; a promise must be above", field="within_ms", index=row)
        given = np.asarray(self.existing)
        if given.dtype != np.bool_ and not np.isin(given, (0, 1)).all():
            raise SitingError("existing must hold true or false for each site", field="existing")
        existing = given.astype(np.bool_)
        if existing.shape != (sites,):
            raise SitingError(_sizes("existing", existing.shape, sites, "site"), field="existing")
        crews = np.ones(sites) if self.crews is None else _column("crews", self.crews, sites, "site")
        if (crews != np.floor(crews)).any():
            site = int(np.argmax(crews != np.floor(crews)))
            raise SitingError(f"crews[{site}] is {crews[site]}; give a whole number", field="crews", index=site)
        arrival = np.where(arrival >= INF, np.inf, arrival)
        if not np.isfinite(arrival[weight > 0]).any():
            raise SitingError(
                "no site has a way to any row with weight: look for sites off the roads or closed roads",
                field="arrival_ms",
            )
        kept = {
            "arrival": arrival,
            "weights": weight,
            "within": within,
            "costs": costs,
            "open": existing,
            "units": np.where(existing, crews, 0).astype(np.int64),
        }
        for name, array in kept.items():
            array.setflags(write=False)
            object.__setattr__(self, name, array)

    def __len__(self) -> int:
        return int(self.weights.size)

    @property
    def candidates(self) -> Int64:
        """Sites that do not exist yet."""
        return np.flatnonzero(~self.open)

    @property
    def covers(self) -> Bool:
        """[d, s] whether the site is there within the row's promise."""
        return self.arrival <= self.within[:, None]

    def nearest_existing(self) -> Float64:
        """[d] the arrival from the existing sites, infinite where none has a way."""
        return np.min(self.arrival, axis=1, initial=np.inf, where=self.open[None, :])


def _numbers(name: str, values: npt.ArrayLike, dimensions: int) -> Float64:
    try:
        array = np.array(values, np.float64)
    except (TypeError, ValueError):
        raise SitingError(f"{name} must be an array of numbers", field=name) from None
    if array.ndim != dimensions:
        raise SitingError(f"{name} must have {dimensions} dimensions, not {array.ndim}", field=name)
    return array


def _column(name: str, values: npt.ArrayLike, size: int, what: str) -> Float64:
    array = _numbers(name, values, 1)
    if array.size != size:
        raise SitingError(_sizes(name, array.shape, size, what), field=name)
    wrong = ~((array >= 0) & (array <= MOST))  # nor NaN
    if wrong.any():
        index = int(np.argmax(wrong))
        raise SitingError(
            f"{name}[{index}] is {array[index]}; give a number from 0 to {MOST:g}", field=name, index=index
        )
    return array


def _sizes(name: str, shape: tuple[int, ...], size: int, what: str) -> str:
    return f"{name} must have one value for each {what} ({size:,}), not the shape {shape}"
