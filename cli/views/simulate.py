"""Simulated days on the terminal: one column a strategy."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from cli.views.words import plural, text
from engine.dispatch import Dispatcher
from engine.simulate.comparing import Comparison
from engine.simulate.measures import MEASURES, Estimate, broken_ratio, decision_seconds, differences, estimate
from engine.simulate.options import DayOptions


def print_comparison(
    out: Console, found: Comparison, baseline: str, options: DayOptions, dispatcher: Dispatcher
) -> None:
    """Means a day, and below the differences from the baseline with their intervals; at most 80 columns."""
    days = plural(len(found.seeds), "day")
    what = f"{plural(options.incidents, 'call')}, {plural(options.units, 'unit')}, {days}"
    out.print(f"[bold]{text(dispatcher.region.metadata.title)}[/bold]: {what}\n")
    _print_means(out, found)
    if len(found.seeds) > 1 and len(found.strategies) > 1:
        out.print(f"\nLess {baseline}, 95 % interval:")
        _print_differences(out, found, baseline)
    out.print(f"\nPolicy {dispatcher.policy.version}, seeds {_seeds(found.seeds)}.", style="dim")


def _print_means(out: Console, found: Comparison) -> None:
    table = _table(["", *found.strategies])
    means = {name: estimate(found.days[name]) for name in found.strategies}
    for measure in MEASURES:
        table.add_row(measure.title, *(_number(means[name][measure.name].mean) for name in found.strategies))
    times = [decision_seconds(found.days[name]) for name in found.strategies]
    table.add_row("Decision, ms", *(f"{1000 * median:.1f}" for median, _ in times), style="dim")
    table.add_row("  99 %", *(f"{1000 * worst:.1f}" for _, worst in times), style="dim")
    out.print(table)


def _print_differences(out: Console, found: Comparison, baseline: str) -> None:
    others = [name for name in found.strategies if name != baseline]
    table = _table(["", *others])
    less = {name: differences(found.days[name], found.days[baseline]) for name in others}
    for measure in MEASURES:
        table.add_row(measure.title, *(_difference(less[name][measure.name]) for name in others))
    ratios = [broken_ratio(found.days[name], found.days[baseline]) for name in others]
    table.add_row("Broken, share of its", *(_share(ratio) for ratio in ratios), style="bold")
    out.print(table)


def _table(columns: list[str]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    for at, name in enumerate(columns):
        table.add_column(name, justify="right" if at else "left", no_wrap=True)
    return table


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.1f}"


def _difference(figure: Estimate) -> str:
    digits = 0 if abs(figure.mean) >= 100 else 1
    return f"{figure.mean:+,.{digits}f} ±{figure.plus_minus:,.{digits}f}"


def _share(ratio: Estimate | None) -> str:
    return "–" if ratio is None else f"{ratio.mean:.0%} ±{100 * ratio.plus_minus:.0f}"


def _seeds(seeds: list[int]) -> str:
    return f"{seeds[0]}" if len(seeds) == 1 else f"{seeds[0]} to {seeds[-1]}"
