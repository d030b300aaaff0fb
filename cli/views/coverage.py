"""Coverage on the terminal: key figures by moment and service, gaps, providers; at most 80 columns."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from cli.views.figures import later, minutes, percent, plain_table, points
from cli.views.words import plural, speeds, text
from engine.coverage.coverage import CoverageFigures
from engine.coverage.expected_result import ToldCalls
from engine.coverage.gaps import Gap
from engine.coverage.never_first import WHY
from engine.coverage.rounding import NOISE
from engine.coverage.told import ToldEvaluation, ToldResult, ToldWorth

_NEVER = "Never: the share that nobody ever reaches."


def print_result(out: Console, region: str, result: ToldResult, told: float) -> None:
    """A row for each moment and service; ``told``: minutes until a crew is told."""
    _head(out, region, result)
    table, units = plain_table(), _units_differ(result)
    _name_columns(table, result)
    never = _some_never(result)
    for name in ("units" if units else "demand", "within", "2nd too", "3rd too", "mean", "median", "90 %", "longest"):
        table.add_column(name, justify="right", no_wrap=True)
    if never:
        table.add_column("never", justify="right", no_wrap=True)
    for each in result.evaluations:
        figures = each.figures
        table.add_row(
            *_names(each, result),
            f"{each.units:,}" if units else f"{figures.demand:,.0f}",
            f"[bold]{percent(figures.share)}[/bold]",
            percent(figures.share_twice),
            percent(figures.share_thrice),
            *(minutes(getattr(figures, f"{name}_minutes")) for name in ("mean", "median", "p90", "longest")),
            *([percent(figures.unreached / figures.demand)] if never else []),
        )
    out.print(table)
    if len(result.evaluations) == 1:
        _print_classes(out, result.evaluations[0])
    parts = f"{told:g} min until it is told, mobilisation" if told else "mobilisation"
    out.print(f"\nMean to longest: minutes until the first unit is there: {parts} and travel.", style="dim")
    if never:
        out.print(f"{_NEVER} Mean and longest are over the others.", style="dim")
    print_versions(out, result)


def print_expected(out: Console, expected: ToldCalls, told: ToldResult) -> None:
    """What to expect when crews are busy with other calls and travel takes more or less long."""
    out.print(f"\n{_calls(expected)} (docs/expected-coverage.md):")
    if not expected.calls_per_day:
        out.print("Nobody is busy with any, and there is no promise to keep; --calls-per-day takes more than 0.")
        return
    table, late, sooner = plain_table(), any(each.overloaded for each in expected.rows), False
    _name_columns(table, told)
    for name in ("calls/h", "expected within", "none free", "crews at work", *(["overloaded"] if late else [])):
        table.add_column(name, justify="right", no_wrap=True)
    found = {(each.moment, each.service): each for each in expected.rows}
    for shown in told.evaluations:
        each = found.get((shown.moment, shown.service))
        if each is None:
            table.add_row(*_names(shown, told), "0.0", "no calls of it")
            continue
        if not each.calls_per_hour:
            table.add_row(*_names(shown, told), "0.0", "no calls then", "", percent(each.mean_busy))
            continue
        sooner = sooner or each.share - each.plus_minus > shown.figures.share
        table.add_row(
            *_names(shown, told),
            f"{each.calls_per_hour:.1f}",
            f"[{'red' if each.overloaded else 'bold'}]{percent(each.share)}[/] ±{100 * each.plus_minus:.1f}",
            percent(each.nobody_free),
            percent(each.mean_busy),
            *(["[red]yes[/]" if each.overloaded else ""] if late else []),
        )
    out.print(table)
    out.print(
        "None free: of these calls, that find none of the crews free that may serve them (service, territory). At "
        "work: of all crews, whatever they serve.",
        style="dim",
    )
    if sooner:
        out.print(
            "More than above, where all are free: drives may be faster than computed, and crews stay where their last "
            "work ended, which may be nearer to the calls than their bases.",
            style="dim",
        )
    if late:
        out.print("Overloaded: more is asked in that hour than those crews can do; waits grow as long as it lasts.")


def _calls(expected: ToldCalls) -> str:
    """How many calls a day, and of which services."""
    parts = [f"{count:,.0f} {service.value.replace('_', ' ')}" for service, count in expected.calls.items()]
    of = f": {', '.join(parts)}; crews" if len(parts) > 1 else ", crews"
    if len(parts) == 1:
        of = f", all of {parts[0].partition(' ')[2]}, crews"
    return f"With {expected.calls_per_day:,.0f} calls a day{of} busy and travel uncertain"


def print_change(out: Console, region: str, before: ToldResult, after: ToldResult) -> None:
    """A row for each moment and service, before and after side by side."""
    print_both(out, region, before, after)
    print_versions(out, after, before)


def print_both(out: Console, region: str, before: ToldResult, after: ToldResult) -> None:
    """The same without the versions."""
    _head(out, region, after)
    table = plain_table()
    _name_columns(table, after)
    never = _some_never(before) or _some_never(after)
    for name in ("within", "after", "change", "mean", "later", "90 %", "after", *(("never", "after") if never else ())):
        table.add_column(name, justify="right", no_wrap=True)
    for first, then in zip(before.evaluations, after.evaluations, strict=True):
        old, new = first.figures, then.figures
        table.add_row(
            *_names(then, after),
            percent(old.share),
            f"[bold]{percent(new.share)}[/bold]",
            points(new.share - old.share),
            minutes(old.mean_minutes),
            later(then.later_minutes),
            minutes(old.p90_minutes),
            minutes(new.p90_minutes),
            *([percent(each.unreached / each.demand) for each in (old, new)] if never else []),
        )
    out.print(table)
    out.print(
        "\nMean, 90 %: minutes. Later: by how much, on average, for those reached before and after.",
        style="dim",
    )
    if never:
        out.print(_NEVER, style="dim")
    if len(after.evaluations) == 1:
        (old,), (new,) = before.evaluations, after.evaluations
        for line in _sentences(old.figures, new.figures, new.demand_unit):
            out.print(line)
        print_gaps(out, new.gaps)


def print_gaps(out: Console, found: tuple[Gap, ...]) -> None:
    """Where most demand is not reached in time."""
    if not found:
        return
    table = plain_table()
    for name in ("gap", "road"):
        table.add_column(name, overflow="ellipsis", no_wrap=True)
    for name in ("not reached in time", "first in"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("from", overflow="ellipsis", no_wrap=True)
    for gap in found:
        table.add_row(
            gap.cell, text(gap.road or "-"), f"{gap.uncovered:,.0f} of {gap.demand:,.0f}",
            minutes(gap.arrival_minutes), text(gap.nearest_provider or "nobody"),
        )  # fmt: skip
    out.print()
    out.print(table)


def print_worth(out: Console, worth: tuple[ToldWorth, ...], unit: str) -> None:
    """Whose leaving costs most."""
    if not worth:
        return
    table = plain_table()
    table.add_column("provider", overflow="ellipsis", no_wrap=True)
    never = any(each.stranded >= 0.5 for each in worth)
    for name in ("units", "first for", "lost without it", *(["nobody comes"] if never else []), "others later by"):
        table.add_column(name, justify="right", no_wrap=True)
    for each in worth:
        table.add_row(
            text(each.provider), f"{each.crews:,}", f"{each.first:,.0f}", f"{each.lost:,.0f}",
            *([f"{each.stranded:,.0f}"] if never else []),
            "" if each.stranded >= each.first - 0.5 else f"{minutes(each.slower_minutes)} min",
        )  # fmt: skip
    out.print()
    out.print(table)
    out.print(f"Lost: {text(unit)} within the promise now, and not if that provider alone leaves.", style="dim")
    if never:
        out.print(
            "Nobody comes: whom only that provider ever reaches; later: for the others it is first for.", style="dim"
        )
    for each in worth:
        if each.never_first is not None:
            out.print(f"{text(each.provider)} is first nowhere: {WHY[each.never_first]}.", style="dim")


def _head(out: Console, region: str, result: ToldResult) -> None:
    first = result.evaluations[0]
    title = f": {text(result.title)}" if result.title else ""
    out.print(f"[bold]{text(region)}[/bold]{title}")
    at, fleet = "" if _several(result, "moment") else first.moment, ""
    if _several(result, "service"):
        fleet = f"{plural(first.fleet_providers, 'provider')}, {plural(first.fleet_units, 'unit')}"
        if _units_differ(result):
            fleet = f"{_range(result, 'fleet_providers')} providers, {_range(result, 'fleet_units')} units, by the hour"
    else:
        at = ", ".join(filter(None, (at, first.service.value.replace("_", " "))))
        units = f"{_range(result, 'units')} of {plural(first.fleet_units, 'unit')}"
        fleet = f"{_range(result, 'providers')} of {plural(first.fleet_providers, 'provider')}, {units}"
        if _units_differ(result):
            fleet = f"{_range(result, 'providers')} providers with {_range(result, 'units')} units, by the hour"
    demand = f"{first.figures.demand:,.0f} " if _units_differ(result) else ""
    out.print(f"{at}{': ' if at else ''}{fleet}; demand: {demand}{_demand(first)}", style="dim")
    out.print(f"{speeds(first.traffic)}\n", style="dim")


def _units_differ(result: ToldResult) -> bool:
    """Whether units, or those that do a service, are others at other moments: one number for all says nothing."""
    count: dict[str, set[tuple[int, int]]] = {}
    for each in result.evaluations:
        count.setdefault(each.service, set()).add((each.units, each.fleet_units))
    return any(len(found) > 1 for found in count.values())


def _range(result: ToldResult, name: str) -> str:
    found = [getattr(each, name) for each in result.evaluations]
    return f"{min(found):,}" if min(found) == max(found) else f"{min(found):,} to {max(found):,}"


def _demand(evaluation: ToldEvaluation) -> str:
    """What is counted, and what the layer is called where that says more."""
    unit, name = text(evaluation.demand_unit), text(evaluation.demand_name)
    return unit if unit == name else f"{unit} ({name})"


def _print_classes(out: Console, evaluation: ToldEvaluation) -> None:
    table = plain_table()
    table.add_column("promise")
    for name in ("minutes", "demand", "within", "share"):
        table.add_column(name, justify="right", no_wrap=True)
    for kind, each in evaluation.figures.classes.items():
        if each.demand:
            table.add_row(
                kind.value,
                f"{each.promise_minutes:g}",
                f"{each.demand:,.0f}",
                f"{each.covered:,.0f}",
                percent(each.share),
            )
    out.print()
    out.print(table)


def _sentences(old: CoverageFigures, new: CoverageFigures, unit: str) -> list[str]:
    change, never = new.covered - old.covered, new.unreached - old.unreached
    lines = [f"As many {text(unit)} are reached within the promise as before."]
    if abs(change) >= 0.5:
        word = "lose" if change < 0 else "gain"
        lines = [f"[bold]{abs(change):,.0f} {text(unit)} {word} their promise.[/bold]"]
    if abs(never) >= 0.5:
        word = "more" if never > 0 else "fewer"
        lines.append(f"[bold]{abs(never):,.0f} {word} are not reached by anybody.[/bold]")
    return lines


def _some_never(result: ToldResult) -> bool:
    return any(each.figures.unreached > NOISE * each.figures.demand for each in result.evaluations)


def _names(evaluation: ToldEvaluation, result: ToldResult) -> list[str]:
    names = []
    if _several(result, "moment"):
        names.append(evaluation.moment)
    if _several(result, "service"):
        names.append(evaluation.service.value.replace("_", " "))
    return names


def _several(result: ToldResult, name: str) -> bool:
    return len({str(getattr(each, name)) for each in result.evaluations}) > 1


def _name_columns(table: Table, result: ToldResult) -> None:
    """Columns for what tells the rows apart."""
    for name in ("moment", "service"):
        if _several(result, name):
            table.add_column(name, no_wrap=True)


def print_versions(out: Console, result: ToldResult, before: ToldResult | None = None) -> None:
    """What the answer was made from, and the digests of all of its evaluations."""
    versions = result.evaluations[0].versions
    usual = "" if before is None else f", before {before.digest}"
    out.print(f"Scenario {versions.scenario}, policy {versions.policy}{usual}, result {result.digest}.", style="dim")
