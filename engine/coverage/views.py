"""Results as the page and the picture take them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

import h3.api.numpy_int as h3
import numpy as np

from engine.coverage.changes import AS_IT_IS
from engine.coverage.compared import Compared, compared
from engine.coverage.coverage import CellTable, Coverage
from engine.coverage.evaluation import Evaluation, Result
from engine.coverage.expected_result import ToldCalls, ToldExpected
from engine.coverage.figures import percent
from engine.coverage.gaps import gaps
from engine.coverage.origin import credits_of
from engine.coverage.page import coverage_page
from engine.coverage.picture import write_picture as draw_picture
from engine.coverage.places import CLASSES
from engine.coverage.planner import Planner
from engine.coverage.stands import Stands
from engine.coverage.told import ToldWorth
from engine.coverage.view import (
    BusyCrews,
    ClassShare,
    CoverageSeries,
    CoverageView,
    Exact,
    Gap,
    Site,
    SiteRole,
    Stage,
    Worth,
)
from engine.coverage.worth import provider_worth
from engine.model import SERVICE_BIT, Service, bits
from engine.render import write_html
from engine.texts import Language
from engine.texts.page_words import PageWords
from graphs.network import Float64, Int64, UInt8
from graphs.search import INF

#: Gaps of a series; the page shows the first of them.
GAPS = 50
#: Providers of a series whose worth is listed.
WORTH = 50


def view_of(
    planner: Planner,
    before: Result | None,
    after: Result,
    language: Language | str = Language.EN,
    expected: ToldCalls | None = None,
) -> CoverageView:
    """One result, or before and after of the same moments and services, over the cells of both.

    ``expected``: what to expect of the one, or the one after, with busy crews.
    """
    words = PageWords(Language.of(language))
    every = [*(before.evaluations if before else ()), *after.evaluations]
    cells = np.unique(np.concatenate([each.coverage.cells.cell for each in every]))
    first = after.evaluations[0]
    series = [_series(each, Stage.BEFORE, cells, words) for each in (before or after).evaluations]
    if expected is not None:
        busy = {(words.moment(each.moment), words.service(each.service)): _busy(each) for each in expected.rows}
        series = [replace(each, busy=busy.get((each.hour, each.service))) for each in series]
    if before is not None:
        pairs = zip(before.evaluations, after.evaluations, strict=True)
        series += [
            _series(then, Stage.AFTER, cells, words, compared(old.coverage, then.coverage)) for old, then in pairs
        ]
    services = tuple(dict.fromkeys(each.service for each in after.evaluations))
    told = first.stands.told_ms / 60_000
    demand = first.coverage.demand.layer
    return CoverageView(
        title=(words("as_it_is") if after.title == AS_IT_IS else after.title) or planner.region.metadata.title,
        subtitle=words("between").join(
            (
                *([planner.region.metadata.title] if after.title else []),
                words("from_call.told" if told else "from_call", told=f"{told:g}"),
                words.traffic(first.traffic),
                *([words("busy_with", calls=f"{expected.calls_per_day:,.4g}")] if expected else []),
            )
        ),
        promise_minutes=_promises(first.coverage, cells),
        cells=[h3.int_to_str(int(cell)) for cell in cells],
        series=series,
        sites=_sites_by_hour(before, after, {each: words.service(each) for each in services}, words),
        demand_name=demand.unit,
        language=words.language,
    )


def write_page(
    planner: Planner,
    before: Result | None,
    after: Result,
    path: str | Path,
    language: Language | str = Language.EN,
    expected: ToldCalls | None = None,
) -> None:
    """One self-contained HTML file that opens offline; ``language`` is en or zh."""
    view = view_of(planner, before, after, language, expected)
    write_html(coverage_page(view, planner.region.network, credits=_credits(planner, after, view.words)), path)


def write_picture(
    planner: Planner,
    before: Result | None,
    after: Result,
    path: str | Path,
    language: Language | str = Language.EN,
    expected: ToldCalls | None = None,
) -> None:
    """A PNG for slides, of the service and moment where most changes; ``language`` is en or zh.

    MapError where no font of this machine has the characters.
    """
    view = view_of(planner, before, after, language, expected)
    draw_picture(view, path, planner.region.network, credits=_credits(planner, after, view.words))


def _credits(planner: Planner, result: Result, words: PageWords) -> tuple[str, ...]:
    return credits_of(planner.region, words.made_from(result.origin()))


def _series(
    evaluation: Evaluation, stage: Stage, cells: Int64, words: PageWords, both: Compared | None = None
) -> CoverageSeries:
    coverage, figures = evaluation.coverage, evaluation.coverage.figures
    table = coverage.cells
    rows = np.searchsorted(cells, table.cell)
    arrival = np.full((cells.size, table.arrival_ms.shape[1]), INF, np.int64)
    arrival[rows] = table.arrival_ms
    demand = np.zeros(cells.size)
    demand[rows] = table.demand
    return CoverageSeries(
        service=words.service(evaluation.service),
        hour=words.moment(str(evaluation.moment)),
        stage=stage,
        arrival_ms=_with_demand(arrival[:, 0], table, rows, coverage),
        second_ms=arrival[:, 1],
        third_ms=arrival[:, 2],
        demand=demand,
        share_within=min(1.0, figures.share),
        figures=((words("second_too"), percent(min(1.0, figures.share_twice), words)),),
        gaps=[Gap(each.cell, each.road, each.uncovered, _ms(each.arrival_minutes)) for each in gaps(coverage, GAPS)],
        exact=Exact(
            figures.demand - figures.covered,
            _or_never(figures.median_minutes),
            _or_never(figures.p90_minutes),
            figures.unreached,
        ),
        change=None if both is None else both.change,
        worth=[_worth(each, words) for each in ToldWorth.listed(coverage, provider_worth(coverage), WORTH)],
        classes=[
            ClassShare(words(kind.value), each.promise_minutes, each.demand, each.covered)
            for kind, each in figures.classes.items()
            if each.demand
        ],
    )


def _with_demand(arrival: Int64, table: CellTable, rows: Int64, coverage: Coverage) -> Int64:
    """[c] arrival by roads; of cells without the middle of any road the soonest at their demand."""
    found = arrival.copy()
    lacking = np.flatnonzero(~np.isin(table.cell, coverage.pieces.cells))
    at = np.searchsorted(table.cell, coverage.demand.places.cells_at(coverage.pieces.resolution))
    soonest = np.full(table.cell.size, INF, np.int64)
    np.minimum.at(soonest, at, coverage.demand_ms[:, 0].astype(np.int64))
    found[rows[lacking]] = soonest[lacking]
    return found


def _busy(each: ToldExpected) -> BusyCrews:
    return BusyCrews(each.share, each.plus_minus, each.calls_per_hour, each.overloaded)


def _worth(each: ToldWorth, words: PageWords) -> Worth:
    why = "" if each.never_first is None else words(each.never_first.value)
    return Worth(each.provider, each.crews, each.first, each.lost, each.stranded, each.slower_minutes, why)


def _or_never(minutes: float | None) -> float:
    return math.inf if minutes is None else minutes


def _ms(minutes: float | None) -> int:
    return INF if minutes is None else round(60_000 * minutes)


def _promises(coverage: Coverage, cells: Int64) -> Float64:
    """[c] minutes promised on most of the roads of each cell, by length; without roads for most of its demand."""
    pieces, demand = coverage.pieces, coverage.demand
    at_demand = np.searchsorted(cells, demand.places.cells_at(pieces.resolution))
    by_road = _by_class(np.searchsorted(cells, pieces.cell), pieces.kind, pieces.length_m, cells.size)
    by_demand = _by_class(at_demand, demand.places.kind, demand.weight, cells.size)
    roads = by_road.sum(axis=1) > 0
    found = np.where(roads[:, None], by_road, by_demand)
    return np.array(coverage.promise_minutes)[np.argmax(found, axis=1)]


def _by_class(row: Int64, kind: UInt8, weight: Float64, rows: int) -> Float64:
    """[rows, classes] sums of weights."""
    found = np.bincount(row * len(CLASSES) + kind, weights=weight, minlength=rows * len(CLASSES))
    return found.astype(np.float64).reshape(-1, len(CLASSES))


def _sites_by_hour(
    before: Result | None, after: Result, services: Mapping[Service, str], words: PageWords
) -> list[Site]:
    """Of every moment, for crews come and go; those that are the same at all of them are there once."""
    found: dict[Site, list[str]] = {}
    hours: list[str] = []
    for row, each in enumerate(after.evaluations):
        hour = words.moment(str(each.moment))
        if hour in hours:
            continue
        hours.append(hour)
        usual = None if before is None else before.evaluations[row].stands
        for site in dict.fromkeys(_sites(usual, each.stands, services)):
            found.setdefault(site, []).append(hour)
    return [site if len(own) == len(hours) else replace(site, hours=tuple(own)) for site, own in found.items()]


def _sites(before: Stands | None, after: Stands, services: Mapping[Service, str]) -> list[Site]:
    """Stands of both fleets that do any of the services, named so; a provider that only moved or grew is there once."""
    after = _serving(after, services)
    before = None if before is None else _serving(before, services)
    if before is None:
        return [_site(after, row, SiteRole.KEPT, services) for row in range(len(after)) if after.crews[row]]
    sites: list[Site] = []
    for number, provider in enumerate(after.providers):
        old = _rows(before, number) if number < len(before.providers) else np.empty(0, np.int64)
        new = _rows(after, number)
        if not new.size:
            sites += [_site(before, row, SiteRole.REMOVED, services) for row in old]
        elif not old.size:
            sites += [_site(after, row, SiteRole.ADDED, services) for row in new]
        elif before.providers[number].base != provider.base:
            origin = before.positions.lon[old[0]], before.positions.lat[old[0]]
            sites.append(_site(after, new[0], SiteRole.MOVED, services, int(after.crews[new].sum()), origin))
        elif before.crews[old].sum() != after.crews[new].sum():
            grown = _site(after, new[0], SiteRole.RESIZED, services, int(after.crews[new].sum()))
            sites.append(_sized(grown, int(before.crews[old].sum())))
        else:
            sites += [_site(after, row, SiteRole.KEPT, services) for row in new]
    return sites


def _serving(stands: Stands, services: Iterable[Service]) -> Stands:
    return stands.take(np.flatnonzero(stands.able & bits(services, ())))


def _rows(stands: Stands, provider: int) -> Int64:
    return np.flatnonzero((stands.provider == provider) & (stands.crews > 0))


def _sized(site: Site, crews_before: int) -> Site:
    return Site(site.name, site.lon, site.lat, site.crews, site.role, site.services, crews_before=crews_before)


def _site(
    stands: Stands,
    row: int,
    role: SiteRole,
    services: Mapping[Service, str],
    crews: int | None = None,
    moved_from: tuple[float, float] | None = None,
) -> Site:
    at, able = stands.positions, int(stands.able[row])
    return Site(
        name=stands.providers[int(stands.provider[row])].id,
        lon=float(at.lon[row]),
        lat=float(at.lat[row]),
        crews=int(stands.crews[row]) if crews is None else crews,
        role=role,
        services=tuple(name for service, name in services.items() if able & SERVICE_BIT[service]),
        moved_from=moved_from,
    )
