"""Scenarios ranked, on one page: the table, and on the map the providers who are gone in some of them."""

from __future__ import annotations

from collections.abc import Sequence

from engine.coverage.figures import counted, percent, whole
from engine.coverage.rounding import percentage, tenths_up
from engine.coverage.stands import Stands
from engine.render import Figure, MapPage, Mark, PointLayer, RoadLayer, Style, Table
from engine.render.styles import GREEN, VERMILLION
from engine.sweep.ranking import RankedRow
from engine.sweep.result import SweepRow
from engine.texts import Language
from engine.texts.page_words import PageWords
from graphs.network import RoadNetwork

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
    traffic: str = "",
    language: Language | str = Language.EN,
) -> MapPage:
    """Worst first, as ranked; a click on a row shows the provider who is gone in it, if one is. ``noun``: of demand."""
    words = PageWords(Language.of(language))
    gone = {_gone(each) for each in rows} - {""}
    layers: list[RoadLayer | PointLayer] = [RoadLayer(network, words("roads"))] if network else []
    layers += [] if stands is None or not len(stands) else [_providers(stands, gone, words)]
    count = len({(each.row.title, each.row.number) for each in rows})
    origin = _origin(rows, traffic)
    return MapPage(
        title=words("compared", region=title),
        subtitle=words("between").join(
            (words.counted("scenarios_count", count), *([words.traffic(traffic)] if traffic else []))
        ),
        layers=layers,
        figures=_figures(rows, noun, words),
        tables=[_table(rows[:SHOWN], noun, words)],
        credits=(*credits, *([words.made_from(origin)] if origin else [])),
        language=words.language,
    )


def _origin(rows: Sequence[RankedRow], traffic: str) -> dict[str, str]:
    """The versions that all rows share, and whose traffic it is."""
    made = [each.row.versions for each in rows if each.row.versions]
    shared = {name: {getattr(each, name) for each in made} for name in ("region", "policy", "demand")}
    found = {name: values.pop() for name, values in shared.items() if len(values) == 1}
    return found | ({"traffic": traffic} if traffic else {})


def _called(row: SweepRow, several: bool, words: PageWords) -> str:
    """As `called`, in a language."""
    told = [(name.rpartition(".")[2], value) for name, value in row.values]
    parts = [words.swept(key, value) for key, value in told if key not in ("hour", "weekday")]
    if several or not parts:
        parts.append(row.title or words("scenario_number", number=f"{row.number + 1:,}"))
    return words("made_between").join(parts)


def _figures(rows: Sequence[RankedRow], noun: str, words: PageWords) -> list[Figure]:
    """The worst of them."""
    worst = next((each for each in rows if each.row.figures and each.share is not None), None)
    if worst is None or worst.row.figures is None or worst.share is None:
        return []
    figures, lost = worst.row.figures, -worst.share * worst.row.figures.demand
    note = words("nobody_loses") if lost < 0.5 else words("lose_count", count=counted(lost, noun), noun=noun)
    return [
        Figure(
            words("worst"),
            _called(worst.row, len({each.row.title for each in rows}) > 1, words),
            words("made_between").join((words.moment(worst.row.moment), _service(worst, words))),
        ),
        Figure(words("within_then", noun=noun), percent(figures.share, words), note, "broken" if lost >= 0.5 else ""),
        Figure(words("by_nobody_then"), counted(figures.unreached, noun)),
    ]


def _table(rows: Sequence[RankedRow], noun: str, words: PageWords) -> Table:
    names = ("scenario", "moment", "service", "within_percent", "change_points", "mean_min", "later_min", "most_min")
    columns = ["#", *(words(name, noun=noun) for name in (*names, "noun_by_nobody"))]
    several = len({each.row.title for each in rows}) > 1
    found = []
    for each in rows:
        figures = each.row.figures
        assert figures is not None
        found.append(
            [
                each.rank,
                _called(each.row, several, words),
                words.moment(each.row.moment),
                _service(each, words),
                percentage(figures.share),
                None if each.share is None else round(100 * each.share, 1) + 0.0,
                _minutes(figures.mean_minutes, words),
                None if each.later_minutes is None else round(each.later_minutes, 1) + 0.0,
                _minutes(figures.p90_minutes, words),
                whole(figures.unreached, noun),
            ]
        )
    keys = [_gone(each) for each in rows]
    return Table(words("worst_first"), columns, found, keys, printed=30, empty=words("no_answer"))


def _gone(ranked: RankedRow) -> str:
    """Whom the sweep takes out, one by one."""
    return next((str(value) for name, value in ranked.row.values if name.rpartition(".")[2] == "remove"), "")


def _providers(stands: Stands, gone: set[str], words: PageWords) -> PointLayer:
    names = [stands.providers[int(number)].id for number in stands.provider]
    return PointLayer(
        words("providers"),
        stands.positions.lon.tolist(),
        stands.positions.lat.tolist(),
        names=names,
        keys=names,
        roles=["gone" if name in gone else "there" for name in names],
        styles={
            "gone": Style(words("gone"), VERMILLION, "diamond", 6.5),
            "there": Style(words("site"), GREEN, "square", 4.5),
        },
        fields={words("crews"): stands.crews.tolist()},
    )


def _service(ranked: RankedRow, words: PageWords) -> str:
    return "" if ranked.row.service is None else words.service(ranked.row.service)


def _minutes(value: float | None, words: PageWords) -> float | Mark:
    return Mark("unserved", words("never_short")) if value is None else tenths_up(value)
