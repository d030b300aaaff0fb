"""Coverage on the terminal: key figures by moment and service, gaps, providers; at most 80 columns."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from cli.views.figures import minutes, plain_table, points
from cli.views.words import plural, text
from engine.coverage.coverage import Coverage, CoverageFigures
from engine.coverage.evaluation import Evaluation, Result
from engine.coverage.expected_result import ExpectedMoment
from engine.coverage.gaps import gaps as largest_gaps
from engine.coverage.planner import Planner
from engine.coverage.worth import provider_worth


def print_result(out: Console, planner: Planner, result: Result) -> None:
    """A row for each moment and service."""
    _head(out, planner, result)
    table = plain_table()
    _name_columns(table, result)
    for name in ("demand", "within", "2nd too", "3rd too", "mean", "median", "90 %", "longest"):
        table.add_column(name, justify="right", no_wrap=True)
    for each in result.evaluations:
        figures = each.coverage.figures
        table.add_row(
            *_names(each, result),
            f"{figures.demand:,.0f}",
            f"[bold]{figures.share:.1%}[/bold]",
            f"{figures.share_twice:.1%}",
            f"{figures.share_thrice:.1%}",
            *(minutes(getattr(figures, f"{name}_minutes")) for name in ("mean", "median", "p90", "longest")),
        )
    out.print(table)
    if len(result.evaluations) == 1:
        _print_classes(out, result.evaluations[0])
    told = result.evaluations[0].stands.told_ms / 60_000
    parts = f"{told:g} min until it is told, mobilisation" if told else "mobilisation"
    out.print(f"\nMinutes until the first unit is there: {parts} and travel.", style="dim")
    print_versions(out, result)


def print_expected(out: Console, moments: tuple[ExpectedMoment, ...], result: Result, calls_per_day: float) -> None:
    """What to expect when crews are busy with other calls and travel takes more or less long."""
    table = plain_table()
    _name_columns(table, result)
    for name in ("calls/h", "expected within", "all crews busy", "crews at work"):
        table.add_column(name, justify="right", no_wrap=True)
    for each in result.evaluations:
        moment = next(one for one in moments if one.moment == each.moment)
        figures = moment.figures(each.service)
        late = moment.found.overloaded[moment.services.index(each.service)]
        table.add_row(
            *_names(each, result),
            f"{figures.calls_per_hour:.1f}",
            f"[{'red' if late else 'bold'}]{figures.share:.1%}[/] ±{100 * figures.plus_minus:.1f}",
            f"{figures.nobody_free:.1%}",
            f"{moment.found.mean_busy:.1%}",
        )
    out.print(f"\nWith {calls_per_day:,.0f} calls a day, crews busy and travel uncertain (docs/expected-coverage.md):")
    out.print(table)
    if any(any(moment.found.overloaded) for moment in moments):
        out.print("[red]Red[/]: more is asked in that hour than those crews can do; waits grow as long as it lasts.")


def print_change(out: Console, planner: Planner, before: Result, after: Result, gaps_shown: int) -> None:
    """A row for each moment and service, before and after side by side."""
    print_both(out, planner, before, after, gaps_shown)
    print_versions(out, after)


def print_both(out: Console, planner: Planner, before: Result, after: Result, gaps_shown: int) -> None:
    """The same without the versions."""
    _head(out, planner, after)
    table = plain_table()
    _name_columns(table, after)
    for name in ("within", "after", "change", "mean", "after", "90 %", "after"):
        table.add_column(name, justify="right", no_wrap=True)
    for first, then in zip(before.evaluations, after.evaluations, strict=True):
        old, new = first.coverage.figures, then.coverage.figures
        table.add_row(
            *_names(then, after),
            f"{old.share:.1%}",
            f"[bold]{new.share:.1%}[/bold]",
            points(new.share - old.share),
            minutes(old.mean_minutes),
            minutes(new.mean_minutes),
            minutes(old.p90_minutes),
            minutes(new.p90_minutes),
        )
    out.print(table)
    if len(after.evaluations) == 1:
        old, new = before.evaluations[0].coverage.figures, after.evaluations[0].coverage.figures
        out.print(f"\n{_sentence(old, new, after.evaluations[0].coverage.demand.layer.unit)}")
        print_gaps(out, after.evaluations[0].coverage, gaps_shown)


def print_gaps(out: Console, coverage: Coverage, most: int) -> None:
    """Where most demand is not reached in time."""
    found = largest_gaps(coverage, most) if most else []
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


def print_worth(out: Console, coverage: Coverage, most: int) -> None:
    """Whose leaving costs most."""
    if not most or not len(coverage.stands):
        return
    worth, unit = provider_worth(coverage), coverage.demand.layer.unit
    table = plain_table()
    table.add_column("provider", overflow="ellipsis", no_wrap=True)
    for name in ("units", "first for", "lost without it", "others come later by"):
        table.add_column(name, justify="right", no_wrap=True)
    for row in worth.ranked()[:most].tolist():
        if worth.crews[row]:
            table.add_row(
                text(worth.ids[row]), f"{worth.crews[row]:,}", f"{worth.first[row]:,.0f}", f"{worth.lost[row]:,.0f}",
                f"{worth.slower_minutes[row]:.1f} min",
            )  # fmt: skip
    out.print()
    out.print(table)
    out.print(f"Lost: {text(unit)} within the promise now, and not if that provider alone leaves.", style="dim")


def _head(out: Console, planner: Planner, result: Result) -> None:
    first = result.evaluations[0]
    units, providers = int(first.stands.crews.sum()), len(set(first.stands.provider.tolist()))
    title = f": {text(result.title)}" if result.title else ""
    out.print(f"[bold]{text(planner.region.metadata.title)}[/bold]{title}")
    one = "" if len(result.evaluations) > 1 else f"; {first.moment}, {first.service.value.replace('_', ' ')}"
    demand = first.coverage.demand
    out.print(
        f"{plural(providers, 'provider')}, {plural(units, 'unit')}; demand: {text(demand.layer.name)}{one}\n",
        style="dim",
    )


def _print_classes(out: Console, evaluation: Evaluation) -> None:
    table = plain_table()
    table.add_column("promise")
    for name in ("minutes", "demand", "within", "share"):
        table.add_column(name, justify="right", no_wrap=True)
    for kind, each in evaluation.coverage.figures.classes.items():
        if each.demand:
            table.add_row(
                kind.value,
                f"{each.promise_minutes:g}",
                f"{each.demand:,.0f}",
                f"{each.covered:,.0f}",
                f"{each.share:.1%}",
            )
    out.print()
    out.print(table)


def _sentence(old: CoverageFigures, new: CoverageFigures, unit: str) -> str:
    change = new.covered - old.covered
    if abs(change) < 0.5:
        return f"As many {text(unit)} are reached within the promise as before."
    word = "lose" if change < 0 else "gain"
    return f"[bold]{abs(change):,.0f} {text(unit)} {word} their promise.[/bold]"


def _names(evaluation: Evaluation, result: Result) -> list[str]:
    names = []
    if _several(result, "moment"):
        names.append(str(evaluation.moment))
    if _several(result, "service"):
        names.append(evaluation.service.value.replace("_", " "))
    return names


def _several(result: Result, name: str) -> bool:
    return len({str(getattr(each, name)) for each in result.evaluations}) > 1


def _name_columns(table: Table, result: Result) -> None:
    """Columns for what tells the rows apart."""
    for name in ("moment", "service"):
        if _several(result, name):
            table.add_column(name, no_wrap=True)


def print_versions(out: Console, result: Result) -> None:
    """What the answer was made from."""
    versions = result.evaluations[0].versions
    out.print(f"Scenario {versions.scenario}, policy {versions.policy}, result {versions.digest}.", style="dim")
