"""What is shown of a coverage result: plain numbers, ready for a page or a picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from engine.render.errors import MapError
from engine.texts import Language
from engine.texts.page_words import PageWords
from graphs.search.arrays import INF

Float64 = npt.NDArray[np.float64]
#: A change of arrival that counts, minutes.
CHANGED = 1.0


class Stage(StrEnum):
    """Which fleet a series is about."""

    BEFORE = "Before"
    AFTER = "After"


class SiteRole(StrEnum):
    """What a scenario does to a provider."""

    KEPT = "kept"
    ADDED = "added"
    REMOVED = "removed"
    MOVED = "moved"
    RESIZED = "resized"


@dataclass(frozen=True)
class Site:
    """A provider on the map. ``services`` and ``hours`` are those of the series it takes part in; none named: all."""

    name: str
    lon: float
    lat: float
    crews: int = 1
    role: SiteRole = SiteRole.KEPT
    services: tuple[str, ...] = ()
    moved_from: tuple[float, float] | None = None  # lon, lat of a moved one before
    crews_before: int | None = None  # of a resized one
    hours: tuple[str, ...] = ()


@dataclass(frozen=True)
class Gap:
    """A cell beyond the promise; ``arrival_ms`` is INF where nobody arrives."""

    cell: str
    place: str
    demand: float
    arrival_ms: int


@dataclass(frozen=True, slots=True)
class Worth:
    """What is lost when a provider, and it alone, leaves."""

    provider: str
    crews: int
    first: float  # demand at which it is first
    lost: float  # demand that is within promise, and without it is not
    unreached: float  # of the first: demand that nobody else ever reaches
    later_minutes: float  # until others are there, mean over the rest of it
    why: str = ""  # it is first nowhere


@dataclass(frozen=True, slots=True)
class ClassShare:
    """Demand of one class of promises."""

    name: str
    promise_minutes: float
    demand: float
    covered: float  # within promise


@dataclass(frozen=True, slots=True)
class Exact:
    """Key figures of one series place by place, where more is known than the cells tell; minutes NaN of nothing."""

    beyond: float  # demand that is not reached within its promise
    half_minutes: float  # within which half of all demand is reached; infinite: never
    most_minutes: float  # nine of ten
    unreached: float = 0.0  # demand that nobody ever reaches


@dataclass(frozen=True, slots=True)
class ExactChange:
    """Demand whose arrival changes from before to after, place by place."""

    comes_in: float  # within promise only after
    drops_out: float  # within promise only before
    sooner: float  # by a minute or more, of what is reached before and after
    later: float
    no_longer: float = 0.0  # that somebody reaches only before
    only_now: float = 0.0  # only after


@dataclass(frozen=True, slots=True)
class BusyCrews:
    """What is kept of so many calls when crews are at work elsewhere."""

    share: float  # of the calls, within promise
    plus_minus: float  # half of the 95 % interval of the share
    calls_per_hour: float
    overloaded: bool = False  # more is asked than the crews can do


@dataclass(frozen=True, eq=False)
class CoverageSeries:
    """One service at one hour with one fleet, over the ``c`` cells of the view.

    ``arrival_ms`` [c] is the earliest arrival, delays that count against the promise included; ``second_ms`` and
    ``third_ms`` are those of the next units; INF is never. ``share_within`` is the share of demand within promise.
    ``figures`` are further key figures, (label, value). ``worth`` and ``gaps`` are listed in the order given, worst
    first. ``busy`` is what crews keep who are at work elsewhere. Without ``exact``, and ``change`` of a series after,
    figures are reckoned from cells.
    """

    service: str
    hour: str
    stage: Stage
    arrival_ms: npt.ArrayLike
    demand: npt.ArrayLike
    share_within: float
    second_ms: npt.ArrayLike | None = None
    third_ms: npt.ArrayLike | None = None
    figures: Sequence[tuple[str, str]] = ()
    gaps: Sequence[Gap] = ()
    exact: Exact | None = None
    change: ExactChange | None = None
    worth: Sequence[Worth] = ()
    classes: Sequence[ClassShare] = ()
    busy: BusyCrews | None = None


@dataclass(frozen=True, eq=False)
class CoverageView:
    """A coverage result: cells, and for every service and hour the fleet before, after, or both.

    ``promise_minutes`` is one number or one a cell. ``demand_name`` says what demand counts ("people", "incidents a
    year"). ``places`` [c] are names of the cells, for tooltips and tables. ``language``: of all words of the page and
    the picture; the names given here stand as they are. Raises `MapError` for what does not fit together.
    """

    title: str
    promise_minutes: float | Sequence[float] | npt.NDArray[np.floating]
    cells: Sequence[str | int]
    series: Sequence[CoverageSeries]
    sites: Sequence[Site] = ()
    subtitle: str = ""
    demand_name: str = "people"
    places: Sequence[str] = ()
    language: Language = Language.EN

    @property
    def words(self) -> PageWords:
        """Texts in the view's language."""
        return PageWords(self.language)

    def __post_init__(self) -> None:
        if not self.series:
            raise MapError(f"{self.title}: there is no series to show; give at least one service at one hour")
        promise = np.atleast_1d(np.asarray(self.promise_minutes, np.float64))
        if promise.size not in (1, len(self.cells)) or not ((promise > 0) & (promise < np.inf)).all():
            raise MapError(f"{self.title}: the promise must be minutes above 0, one number or one for each cell")
        for each in self.series:
            self._check(each)
        stages = {(each.service, each.hour, each.stage) for each in self.series}
        if len(stages) != len(self.series) or len(stages) != len(self.pairs()) * len(self.stages()):
            raise MapError(
                f"{self.title}: every service needs every hour once, with each of the fleets "
                f"({', '.join(self.stages())}); there are {len(self.series)} series for {len(self.pairs())} pairs",
                series=len(self.series),
            )

    def _check(self, series: CoverageSeries) -> None:
        name = f"{self.title}, {series.service} {series.hour} {series.stage}"
        for column in ("arrival_ms", "second_ms", "third_ms", "demand"):
            values = getattr(series, column)
            if values is None:
                continue
            values = np.asarray(values)
            if values.shape != (len(self.cells),):
                raise MapError(f"{name}: {column} has shape {values.shape}, but there are {len(self.cells)} cells")
            wrong = np.flatnonzero(~(values >= 0))
            if wrong.size:
                raise MapError(
                    f"{name}: {column} of cell {wrong[0]} is {values[wrong[0]]}; use 0 or more", row=wrong[0]
                )
        if not 0 <= series.share_within <= 1:
            raise MapError(f"{name}: the share within promise is {series.share_within}; it must be 0 to 1")

    def services(self) -> list[str]:
        """Services in the order in which series name them."""
        return list(dict.fromkeys(each.service for each in self.series))

    def hours(self) -> list[str]:
        """Hours in the order in which series name them."""
        return list(dict.fromkeys(each.hour for each in self.series))

    def stages(self) -> list[Stage]:
        """The fleets there are, before first."""
        present = {each.stage for each in self.series}
        return [stage for stage in Stage if stage in present]

    def pairs(self) -> list[tuple[str, str]]:
        """Every (service, hour)."""
        return [(service, hour) for service in self.services() for hour in self.hours()]

    def of(self, service: str, hour: str, stage: Stage) -> CoverageSeries | None:
        """One series, or None where that fleet is not part of the view."""
        wanted = (service, hour, stage)
        return next((each for each in self.series if (each.service, each.hour, each.stage) == wanted), None)

    def promise(self) -> Float64:
        """[c] minutes promised in each cell."""
        return np.broadcast_to(np.asarray(self.promise_minutes, np.float64), (len(self.cells),))


def minutes(ms: npt.ArrayLike) -> Float64:
    """Minutes of milliseconds; infinite where INF."""
    found = np.asarray(ms, np.float64)
    return np.where(found >= INF, np.inf, found / 60_000)
