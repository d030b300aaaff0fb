"""One page of a coverage result that a manager understands at a glance."""

from __future__ import annotations

from collections.abc import Sequence

import h3
import numpy as np

from engine.coverage.figures import (
    change_figures,
    change_table,
    changed_cells,
    gap_table,
    opening,
    overview,
    own_figures,
    promise_text,
)
from engine.coverage.listed import class_tables, worth_figures, worth_tables
from engine.coverage.looks import arrival_scale, change_scale, gap_styles, is_uniform, site_styles
from engine.coverage.view import CoverageSeries, CoverageView, Gap, Site, SiteRole, Stage, minutes
from engine.render import (
    CellLayer,
    CellSeries,
    Figure,
    LineLayer,
    MapError,
    MapPage,
    Option,
    PointLayer,
    RoadLayer,
    Table,
)
from engine.texts.page_words import PageWords
from graphs.cells import is_cell
from graphs.network import RoadNetwork

__all__ = ["CoverageSeries", "CoverageView", "Gap", "Site", "SiteRole", "Stage", "coverage_page"]

#: The third option beside the two fleets.
DIFFERENCE = "Difference"
#: Providers on paper whose leaving costs most.
WORTH_PRINTED = 3
#: Radius of a provider grows with the root of its crews up to this many.
_MOST_CREWS = 20


def coverage_page(
    view: CoverageView,
    network: RoadNetwork | None = None,
    *,
    credits: Sequence[str] = (),
    gaps_shown: int = 50,
    gaps_printed: int = 10,
) -> MapPage:
    """Hexagons by arrival over the roads, providers by crews, the largest gaps, all switched together.

    ``credits`` are the region's (OpenStreetMap's must be there). Of each gap table the first ``gaps_shown`` rows are
    on the page and the first ``gaps_printed`` on paper and, numbered, on the map.
    """
    names = [cell if isinstance(cell, str) else h3.int_to_str(int(cell)) for cell in view.cells]
    for row, name in enumerate(names):
        if not is_cell(name):
            raise MapError(f"{view.title}: {name!r} in row {row} is not an H3 cell", row=row)
    columns: list[CellSeries] = []
    gaps: list[PointLayer] = []
    figures: list[Figure] = []
    tables: list[Table] = []
    words = view.words
    for service, hour in view.pairs():
        at = (Option(words("service"), service), Option(words("hour"), hour))
        before, after = view.of(service, hour, Stage.BEFORE), view.of(service, hour, Stage.AFTER)
        for series in filter(None, (before, after)):
            bound = (*at, _fleet(view, series.stage))
            compared = before if series is after else None
            columns.append(_arrivals(view, series, bound))
            figures += [*own_figures(view, series, compared, bound), *worth_figures(view, series, bound)]
            tables += [*class_tables(view, series, bound), *worth_tables(view, series, bound, WORTH_PRINTED)]
            tables.append(gap_table(view, series, bound, gaps_shown, gaps_printed))
            gaps.append(_markers([gap.cell for gap in series.gaps[:gaps_printed]], bound, view))
        if before and after:
            bound = (*at, _fleet(view, DIFFERENCE))
            rows = changed_cells(before, after, gaps_shown)
            columns.append(_change(view, before, after, bound))
            figures += change_figures(view, before, after, bound)
            tables.append(change_table(view, names, before, after, rows, bound, gaps_printed))
            gaps.append(_markers([names[row] for row in rows[:gaps_printed]], bound, view))
    cells = CellLayer(words("arrival"), names, names=view.places, keys=names, series=columns)
    return MapPage(
        title=view.title,
        subtitle=_subtitle(view),
        layers=[
            *([RoadLayer(network, words("roads"))] if network else []),
            cells,
            *(layer for layer in gaps if layer.keys),
            *_site_layers(view),
        ],
        figures=figures,
        tables=[*([overview(view)] if len(view.pairs()) > 1 else []), *tables],
        credits=credits,
        language=view.language,
        start=[*_opening(view), *([_fleet(view, Stage.AFTER)] if len(view.stages()) > 1 else [])],
    )


def _subtitle(view: CoverageView) -> str:
    """What the view says of itself, the promise, and what there is no switch for."""
    alone = [names[0] for names in (view.services(), view.hours()) if len(names) == 1]
    return view.words("between").join(filter(None, (view.subtitle, *alone, promise_text(view))))


def _opening(view: CoverageView) -> list[Option]:
    service, hour = opening(view)
    return [Option(view.words("service"), service), Option(view.words("hour"), hour)]


def _fleet(view: CoverageView, stage: str) -> Option:
    """The position of the switch between fleets."""
    return Option(view.words("fleet"), view.words(stage.lower()))


def _arrivals(view: CoverageView, series: CoverageSeries, bound: tuple[Option, ...]) -> CellSeries:
    """The column of one series, with the next units and the demand beside it."""
    words = view.words
    more = {words("second_unit"): series.second_ms, words("third_unit"): series.third_ms}
    numbers = {name: minutes(column) for name, column in more.items() if column is not None}
    promise = view.promise()
    if not is_uniform(promise):
        numbers[words("promise_min")] = promise
    return CellSeries(
        minutes(series.arrival_ms),
        arrival_scale(promise if promise.size else view.promise_minutes, words),
        bound,
        measure=None if is_uniform(promise) else promise,
        value_label=words("first_arrival"),
        numbers={**numbers, words("noun", noun=view.demand_name): series.demand},
    )


def _change(view: CoverageView, before: CoverageSeries, after: CoverageSeries, bound: tuple[Option, ...]) -> CellSeries:
    """The column of a difference; the page computes it from the two columns it has already."""
    first, then, words = minutes(before.arrival_ms), minutes(after.arrival_ms), view.words
    told = {words("before_min"): first, words("after_min"): then}
    return CellSeries(
        then,
        change_scale(words),
        bound,
        minus=first,
        value_label=words("first_change"),
        numbers={**told, words("noun", noun=view.demand_name): after.demand},
    )


def _markers(cells: Sequence[str], bound: tuple[Option, ...], view: CoverageView) -> PointLayer:
    """Numbers on the map that stand for rows of the table."""
    for row, cell in enumerate(cells):
        if not is_cell(cell):
            raise MapError(f"{view.title}: {cell!r}, gap {row}, is not an H3 cell", row=row)
    places, words = np.array([h3.cell_to_latlng(cell) for cell in cells]).reshape(-1, 2), view.words
    return PointLayer(
        words("changes" if bound[-1] == _fleet(view, DIFFERENCE) else "gaps"),
        places[:, 1],
        places[:, 0],
        names=[str(number) for number in range(1, len(cells) + 1)],
        roles="gap",
        styles=gap_styles(words),
        keys=cells,
        numbered=True,
        option=bound,
    )


def _site_layers(view: CoverageView) -> list[PointLayer | LineLayer]:
    """Providers as they are in each fleet; those that do not change are on the page once."""
    layers: list[PointLayer | LineLayer] = []
    for services, hours in dict.fromkeys((site.services, site.hours) for site in view.sites):
        bound = [("service", name) for name in services] + [("hour", name) for name in hours]
        at = tuple(Option(view.words(choice), name) for choice, name in bound)
        own = [site for site in view.sites if (site.services, site.hours) == (services, hours)]
        kept = [site for site in own if site.role is SiteRole.KEPT]
        changed = [site for site in own if site.role is not SiteRole.KEPT]
        if kept:
            layers.append(_sites([(site, site.lon, site.lat, site.crews, "site") for site in kept], at, view))
        if not changed:
            continue
        for stage in (*view.stages(), DIFFERENCE) if len(view.stages()) > 1 else view.stages():
            shown = [drawn for site in changed if (drawn := as_drawn(site, stage))]
            if shown:
                layers.append(_sites(shown, (*at, _fleet(view, stage)), view))
        moved = [site for site in changed if site.moved_from]
        if moved and len(view.stages()) > 1:
            layers.append(_moves(moved, (*at, _fleet(view, DIFFERENCE)), view.words))
    return layers


Drawn = tuple[Site, float, float, int, str]


def as_drawn(site: Site, stage: str) -> Drawn | None:
    """A provider with its place, crews and role in one of the fleets, or None when it is not in it."""
    if site.role is SiteRole.KEPT:
        return site, site.lon, site.lat, site.crews, "site"
    if stage == Stage.BEFORE:
        lon, lat = site.moved_from or (site.lon, site.lat)
        crews = site.crews if site.crews_before is None else site.crews_before
        return None if site.role is SiteRole.ADDED else (site, lon, lat, crews, "site")
    if stage == Stage.AFTER and site.role is SiteRole.REMOVED:
        return None
    return site, site.lon, site.lat, site.crews, f"site_{site.role}"


def _sites(drawn: Sequence[Drawn], bound: tuple[Option, ...], view: CoverageView) -> PointLayer:
    most, words = max(site.crews for site in view.sites), view.words
    kept = any(role == "site" for *_, role in drawn)  # the legend explains sizes once, with the usual marker
    steps = [crews for crews in (1, 5, 20) if crews <= most] if most > 1 and kept else []
    return PointLayer(
        words("providers"),
        [lon for _, lon, _, _, _ in drawn],
        [lat for _, _, lat, _, _ in drawn],
        names=[site.name for site, *_ in drawn],
        roles=[role for *_, role in drawn],
        styles=site_styles(words),
        fields={words("crews"): [crews for _, _, _, crews, _ in drawn]},
        sizes=[marker_size(crews) for _, _, _, crews, _ in drawn],
        size_legend=[(marker_size(crews), words.counted("crews_count", crews)) for crews in steps],
        option=bound,
    )


def _moves(moved: Sequence[Site], bound: tuple[Option, ...], words: PageWords) -> LineLayer:
    """From where they were to where they are."""
    starts = [site.moved_from or (site.lon, site.lat) for site in moved]
    return LineLayer.between(
        words("providers"),
        [lon for lon, _ in starts],
        [lat for _, lat in starts],
        [site.lon for site in moved],
        [site.lat for site in moved],
        names=[site.name for site in moved],
        roles="move",
        styles=site_styles(words),
        option=bound,
    )


def marker_size(crews: int) -> float:
    """Factor on the radius: the area of a marker grows with the crews."""
    return float(np.sqrt(np.clip(crews, 0.5, _MOST_CREWS)))
