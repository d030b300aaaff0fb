"""Scenarios ranked, on one page: the table, and on the map the providers who are gone in some of them."""

from __future__ import annotations

import math
from collections.abc import Sequence

from engine.coverage.figures import counted, percent, whole
from engine.coverage.origin import credits_of
from engine.coverage.planner import Planner
from engine.coverage.rounding import percentage, tenths_up
from engine.coverage.stands import Stands
from engine.render import Figure, MapPage, Mark, Option, PointLayer, RoadLayer, Table
from engine.render.options import Options
from engine.sweep.page_groups import Group, as_it_is, called, gone_in, groups_of, least_lost, leaving, service_of
from engine.sweep.page_map import provider_layers
from engine.sweep.ranking import RankedRow, ranked
from engine.sweep.result import SweepRow, comparison_digest
from engine.texts import Language
from engine.texts.page_words import PageWords
from graphs.network import RoadNetwork

#: Rows on the page; files and JSON hold all.
SHOWN = 2_000
#: Conditions that have a card of what is left where leaving costs least.
_RULERS = 3
#: Lines of a table for which paper has room, and characters of the first column in one of them.
_LINES, _LETTERS = 24, 20


def comparison_page(
    rows: Sequence[RankedRow],
    title: str,
    noun: str,
    *,
    stands: Stands | None = None,
    network: RoadNetwork | None = None,
    credits: Sequence[str] = (),
    traffic: str = "",
    before: Sequence[SweepRow] = (),
    result: str = "",
    told_minutes: float = 0.0,
    language: Language | str = Language.EN,
) -> MapPage:
    """Worst first, as ranked; a click on a row shows the provider who is gone in it, if one is. ``noun``: of demand.

    ``before``: the rows of how things are, whose fleet is named at the foot with ``result``, the comparison's digest.
    ``told_minutes``: from the call until a crew is told, as asked.

    Where providers are left out under several conditions (weather, hours) a switch has the ranking of each.
    """
    words = PageWords(Language.of(language))
    layers: list[RoadLayer | PointLayer] = [RoadLayer(network, words("roads"))] if network else []
    figures, tables, start = list[Figure](), list[Table](), list[Option]()
    groups = groups_of(rows, words)
    for group in groups:
        option = Option(words("conditions"), group.name or words("all_conditions")) if len(groups) > 1 else None
        start += [option] if option and not start else []
        figures += _figures(group.rows, noun, words, option)
        tables.append(_table(group, noun, words, option))
        if stands is not None and len(stands):
            layers += provider_layers(stands, leaving(group.rows), words, option)
    titles = {each.row.title for each in rows}
    count = len({(each.row.title, each.row.number) for each in rows})
    origin = _origin(rows, before, traffic, result)
    return MapPage(
        title=words("compared", region=title),
        subtitle=words("between").join(
            (
                *([next(iter(titles))] if len(titles) == 1 and titles != {""} else []),
                words.counted("scenarios_count", count),
                *_alike(rows, words),
                *_promised(rows, words),
                words("from_call.told" if told_minutes else "from_call", told=f"{told_minutes:g}"),
                *([words.traffic(traffic)] if traffic else []),
            )
        ),
        layers=layers,
        figures=figures,
        tables=tables,
        credits=(*credits, *([words.made_from(origin)] if origin else [])),
        language=words.language,
        start=start,
    )


def page_of(
    planner: Planner,
    stands: Stands,
    rows: Sequence[SweepRow],
    before: Sequence[SweepRow],
    language: Language | str = Language.EN,
) -> MapPage:
    """The page of scenarios compared on a planner's roads; ``before``: how things are."""
    region = planner.region
    return comparison_page(
        ranked(rows, before),
        region.metadata.title,
        planner.demand.layer.unit,
        stands=stands,
        network=region.network,
        credits=credits_of(region),
        traffic=planner.traffic,
        before=before,
        result=comparison_digest(rows, before),
        told_minutes=stands.told_ms / 60_000,
        language=language,
    )


def _alike(rows: Sequence[RankedRow], words: PageWords) -> list[str]:
    """The moment and the service, where all rows have the same: then they are no columns."""
    found = {words.moment(each.row.moment) for each in rows}, {service_of(each, words) for each in rows}
    return [next(iter(names)) for names in found if len(names) == 1 and names != {""}]


def _promised(rows: Sequence[RankedRow], words: PageWords) -> list[str]:
    """What is promised in all of them."""
    figures = [each.row.figures for each in rows if each.row.figures is not None]
    minutes = [kind.promise_minutes for each in figures for kind in each.classes.values() if kind.demand]
    return [words.promised(min(minutes), max(minutes))] if minutes else []


def _origin(rows: Sequence[RankedRow], before: Sequence[SweepRow], traffic: str, result: str) -> dict[str, str]:
    """The versions that all rows share, the fleet as it is, whose traffic it is, and the digest of all."""
    made = [each.row.versions for each in rows if each.row.versions]
    usual = [each.versions for each in before if each.versions] or made
    shared = {
        name: {getattr(each, name) for each in (usual if name == "fleet" else made)}
        for name in ("scenario", "region", "policy", "fleet", "demand")
    }
    found = {name: values.pop() for name, values in shared.items() if len(values) == 1}
    found |= {"traffic": traffic, "result": result}
    return {name: value for name, value in found.items() if value}


def _figures(rows: Sequence[RankedRow], noun: str, words: PageWords, option: Options) -> list[Figure]:
    """The worst of them, beside how things are."""
    worst = next((each for each in rows if each.row.figures and each.share is not None), None)
    if worst is None or worst.row.figures is None or worst.share is None:
        return []
    figures, lost = worst.row.figures, -worst.share * worst.row.figures.demand
    note = words("nobody_loses") if lost < 0.5 else words("lose_count", count=counted(lost, noun), noun=noun)
    moment = words("made_between").join((words.moment(worst.row.moment), service_of(worst, words)))
    several = len({each.row.title for each in rows}) > 1
    role = "broken" if lost >= 0.5 else ""
    return [
        Figure(words("as_it_is"), percent(figures.share - worst.share, words), moment, "kept", option),
        *(
            Figure(
                words("least_lost"),
                percent(best.row.figures.share, words),
                _conditions(best, several, words),
                "",
                option,
            )
            for best in least_lost(rows)[:_RULERS]
            if best.row.figures is not None
        ),
        Figure(words("worst"), called(worst.row, several, words), moment, option=option),
        Figure(words("within_then", noun=noun), percent(figures.share, words), note, role, option),
        Figure(words("by_nobody_then"), counted(figures.unreached, noun), option=option),
    ]


def _conditions(ranked: RankedRow, several: bool, words: PageWords) -> str:
    """What a row has beside who is gone: what is swept, the moment, the service."""
    told = called(ranked.row, several, words, leave_out=("remove",))
    return words("made_between").join((told, words.moment(ranked.row.moment), service_of(ranked, words)))


def _table(group: Group, noun: str, words: PageWords, option: Options) -> Table:
    rows = group.rows[:SHOWN]
    several = len({each.row.title for each in rows}) > 1
    apart = len({each.row.moment for each in rows}) > 1, len({each.row.service for each in rows}) > 1
    usual = {as_it_is(each) for each in rows}
    columns = {
        "scenario": [called(each.row, several, words) for each in rows],
        **({"moment": [words.moment(each.row.moment) for each in rows]} if apart[0] else {}),
        **({"service": [service_of(each, words) for each in rows]} if apart[1] else {}),
        **({"as_it_is_percent": [as_it_is(each) for each in rows]} if len(usual) > 1 else {}),
    }
    names = (*columns, "within_percent", "change", "mean_min", "later_min", "most_min", "noun_by_nobody")
    figures = [_numbers(each, noun, words) for each in rows]
    found = [[each.rank, *told] for each, *told in zip(rows, *columns.values(), strict=True)]
    return Table(
        words("worst_first"),
        ["#", *(words(name, noun=noun) for name in names)],
        [[*told, *numbers] for told, numbers in zip(found, figures, strict=True)],
        [gone_in(each) for each in rows],
        option,
        printed=_printed(columns["scenario"], sum(apart)),
        empty=words("no_answer"),
    )


def _numbers(ranked: RankedRow, noun: str, words: PageWords) -> list[float | int | Mark | None]:
    figures = ranked.row.figures
    assert figures is not None
    return [
        percentage(figures.share),
        None if ranked.share is None else round(100 * ranked.share, 1) + 0.0,
        _minutes(figures.mean_minutes, words),
        None if ranked.later_minutes is None else round(ranked.later_minutes, 1) + 0.0,
        _minutes(figures.p90_minutes, words),
        whole(figures.unreached, noun),
    ]


def _printed(scenarios: Sequence[str], further: int) -> int:
    """So many rows that paper has room for all of them, long names being of several lines."""
    lines, letters = 0, _LETTERS // (1 + further)
    for row, name in enumerate(scenarios):
        wide = sum(1 if ord(letter) < 0x2E80 else 2 for letter in name)
        lines += max(1 + (further > 0), math.ceil(wide / letters))
        if lines > _LINES:
            return max(1, row)
    return max(1, len(scenarios))


def _minutes(value: float | None, words: PageWords) -> float | Mark:
    return Mark("unserved", words("never_short")) if value is None else tenths_up(value)
