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
    note = f"{view.demand_name} lose their promise"
    if most.unreached > NOISE:
        note += f"; {counted(most.unreached, view.demand_name)} are not reached by anybody then"
    return [Figure(f"If {most.provider} leaves", counted(most.lost, view.demand_name), note, "", option)]


def worth_tables(view: CoverageView, series: CoverageSeries, option: Options, printed: int) -> list[Table]:
    """Providers as the series lists them; where one is first nowhere, why."""
    if not series.worth:
        return []
    noun = view.demand_name
    return [
        Table(
            "Whose leaving costs most",
            [
                "Provider",
                "Crews",
                f"{noun.capitalize()} it is first for",
                "Lose their promise",
                "Nobody else comes",
                "Others later by, min",
            ],
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
        )
    ]


def class_tables(view: CoverageView, series: CoverageSeries, option: Options) -> list[Table]:
    """Shares by class of promise, where there are several."""
    if len(series.classes) < 2:
        return []
    noun = view.demand_name
    return [
        Table(
            "Within promise, by class",
            ["Class", "Promise, min", noun.capitalize(), "Within", "Within, %"],
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
        )
    ]


def _later(first: float, unreached: float, minutes: float) -> float | None:
    return tenths_up(minutes) if first - unreached > NOISE * first else None
