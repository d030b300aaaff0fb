"""Tables of a coverage view beside its gaps: whose leaving costs most, and the classes of promises."""

from __future__ import annotations

from engine.coverage.figures import counted, whole
from engine.coverage.rounding import NOISE, percentage, tenths_up
from engine.coverage.view import CoverageSeries, CoverageView
from engine.render.options import Options
from engine.render.page import Figure, Table


def worth_figures(view: CoverageView, series: CoverageSeries, option: Options) -> list[Figure]:
    """Whose leaving costs most, in a sentence; nothing where nobody's costs any demand its promise."""
    most = next(iter(series.worth), None)
    if most is None or most.lost < NOISE:
        return []
    noun, words = view.demand_name, view.words
    left = counted(most.unreached, noun)
    note = words("lose_unreached" if most.unreached > NOISE else "lose", noun=noun, count=left)
    return [Figure(words("if_leaves", provider=most.provider), counted(most.lost, noun), note, "", option)]


def worth_tables(view: CoverageView, series: CoverageSeries, option: Options, printed: int) -> list[Table]:
    """Providers as the series lists them; where one is first nowhere, why."""
    if not series.worth:
        return []
    noun, words = view.demand_name, view.words
    columns = ("provider", "crews", "first_for", "lose_promise", "nobody_else", "others_later")
    return [
        Table(
            words("worth"),
            [words(key, noun=noun) for key in columns],
            [
                [
                    each.provider,
                    each.crews,
                    whole(each.first, noun),
                    whole(each.lost, noun),
                    whole(each.unreached, noun),
                    each.why or _later(each.first, each.unreached, each.later_minutes),
                ]
                for each in series.worth
            ],
            option=option,
            printed=printed,
            first=10,
        )
    ]


def class_tables(view: CoverageView, series: CoverageSeries, option: Options) -> list[Table]:
    """Shares by class of promise, where there are several."""
    if len(series.classes) < 2:
        return []
    noun, words = view.demand_name, view.words
    return [
        Table(
            words("classes"),
            [words(key, noun=noun) for key in ("class", "promise_min", "noun", "within_count", "within_percent")],
            [
                [
                    each.name,
                    each.promise_minutes,
                    whole(each.demand, noun),
                    whole(each.covered, noun),
                    percentage(each.covered / each.demand),
                ]
                for each in series.classes
            ],
            option=option,
            printed=len(series.classes),
        )
    ]


def _later(first: float, unreached: float, minutes: float) -> float | None:
    return tenths_up(minutes) if first - unreached > NOISE * first else None
