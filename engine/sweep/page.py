"""Scenarios ranked, on one page: the table, and on the map the providers who are gone in some of them."""

from __future__ import annotations

from collections.abc import Sequence

from engine.coverage.figures import counted, percent, whole
from engine.coverage.rounding import percentage, tenths_up
from engine.coverage.stands import Stands
from engine.render import Figure, MapPage, Mark, PointLayer, RoadLayer, Style, Table
from engine.render.styles import GREEN, VERMILLION
from engine.sweep.ranking import RankedRow, called
from graphs.network import RoadNetwork

STYLES = {
    "gone": Style("Provider, gone in a scenario", VERMILLION, "diamond", 6.5),
    "there": Style("Provider", GREEN, "square", 4.5),
}
#: Rows on the page; files and JSON hold all.
SHOWN = 2_000


def comparison_page(
    rows: Sequence[RankedRow],
    title: str,
    noun: str,
    *,
    stands: Stands | None = None,
    network: RoadNetwork | None = None,
    credits: Sequence[str] = (),
) -> MapPage:
    """Worst first, as ranked; a click on a row shows the provider who is gone in it, if one is. ``noun``: of demand."""
    gone = {_gone(each) for each in rows} - {""}
    layers: list[RoadLayer | PointLayer] = [RoadLayer(network)] if network else []
    layers += [] if stands is None or not len(stands) else [_providers(stands, gone)]
    count = len({(each.row.title, each.row.number) for each in rows})
    return MapPage(
        title=f"Scenarios compared, {title}",
        subtitle=f"{count:,} scenario{'' if count == 1 else 's'}; changes are from how things are at the same moment",
        layers=layers,
        figures=_figures(rows, noun),
        tables=[_table(rows[:SHOWN], noun)],
        credits=credits,
    )


def _figures(rows: Sequence[RankedRow], noun: str) -> list[Figure]:
    """The worst of them."""
    worst = next((each for each in rows if each.row.figures and each.share is not None), None)
    if worst is None or worst.row.figures is None or worst.share is None:
        return []
    figures, lost = worst.row.figures, -worst.share * worst.row.figures.demand
    note = f"{counted(lost, noun)} {noun} lose their promise" if lost >= 0.5 else "nobody loses a promise"
    return [
        Figure(
            "Worst",
            called(worst.row, len({each.row.title for each in rows}) > 1),
            f"{worst.row.moment}, {_service(worst)}",
        ),
        Figure(
            f"{noun.capitalize()} within promise then", percent(figures.share), note, "broken" if lost >= 0.5 else ""
        ),
        Figure("Reached by nobody then", counted(figures.unreached, noun)),
    ]


def _table(rows: Sequence[RankedRow], noun: str) -> Table:
    columns = ["#", "Scenario", "Moment", "Service", "Within, %", "Change, points", "Mean, min", "Later, min"]
    columns += ["9 of 10, min", f"{noun.capitalize()} reached by nobody"]
    several = len({each.row.title for each in rows}) > 1
    found = []
    for each in rows:
        figures = each.row.figures
        assert figures is not None
        found.append(
            [
                each.rank,
                called(each.row, several),
                each.row.moment,
                _service(each),
                percentage(figures.share),
                None if each.share is None else round(100 * each.share, 1) + 0.0,
                _minutes(figures.mean_minutes),
                None if each.later_minutes is None else round(each.later_minutes, 1) + 0.0,
                _minutes(figures.p90_minutes),
                whole(figures.unreached, noun),
            ]
        )
    keys = [_gone(each) for each in rows]
    return Table("Worst first", columns, found, keys, printed=30, empty="No scenario has an answer.")


def _gone(ranked: RankedRow) -> str:
    """Whom the sweep takes out, one by one."""
    return next((str(value) for name, value in ranked.row.values if name.rpartition(".")[2] == "remove"), "")


def _providers(stands: Stands, gone: set[str]) -> PointLayer:
    names = [stands.providers[int(number)].id for number in stands.provider]
    return PointLayer(
        "Providers",
        stands.positions.lon.tolist(),
        stands.positions.lat.tolist(),
        names=names,
        keys=names,
        roles=["gone" if name in gone else "there" for name in names],
        styles=STYLES,
        fields={"Crews": stands.crews.tolist()},
    )


def _service(ranked: RankedRow) -> str:
    return "" if ranked.row.service is None else ranked.row.service.value.replace("_", " ")


def _minutes(value: float | None) -> float | Mark:
    return Mark("unserved", "never") if value is None else tenths_up(value)
