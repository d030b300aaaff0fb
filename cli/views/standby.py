"""Stand-by advice on the terminal; at most 80 columns."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from cli.views.figures import percent
from cli.views.words import made_from, plural, speeds, text
from engine.coverage.evaluation import Versions
from engine.standby import Covered, StandbyAdvice
from engine.texts.page_words import ENGLISH


def print_advice(out: Console, region: str, advice: StandbyAdvice, traffic: str, versions: Versions) -> None:
    """Who should wait where, and what is covered before and after."""
    unit = text(advice.demand_unit)
    out.print(f"[bold]{text(region)}[/bold]")
    if advice.asked is not None:
        out.print(text(ENGLISH("between").join(advice.asked.parts(ENGLISH))), style="dim")
    out.print(
        f"{plural(advice.free_units, 'free unit')}, {plural(advice.places, 'place')} to wait at, "
        f"busy {advice.busy:.0%} of the time\n{speeds(traffic)}\n",
        style="dim",
    )
    if not advice.moves:
        limits = advice.limits
        out.print(
            f"All wait well: no drive of up to {limits.drive_minutes:g} minutes covers {limits.least_gain:.2%} more "
            "of the demand without covering less on the way."
        )
    for number, move in enumerate(advice.moves, 1):
        out.print(
            f"{number}. [bold]{text(move.unit)}[/bold] to {text(move.to_place)}"
            f", {text(move.to_road) or f'{move.to_lat:.5f}, {move.to_lon:.5f}'}"
        )
        out.print(
            f"   from {text(move.from_road) or f'{move.from_lat:.5f}, {move.from_lon:.5f}'}, "
            f"{move.drive_minutes:.0f} min, {move.drive_km:.0f} km; "
            f"[green]{move.gain:+,.0f}[/green] {unit} ({move.gain / advice.demand:+.1%})"
        )
    if len(advice.moves) > 1:
        out.print("   One after another: each sets off when the one before has arrived.", style="dim")
    out.print()
    out.print(_figures(advice))
    out.print(f"\nExpected: {unit} within promise of a free unit, each busy for that share.", style="dim")
    out.print(_proof(advice), style="dim")
    out.print(made_from(versions, advice.digest), style="dim")


def _figures(advice: StandbyAdvice) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    table.add_column(text(advice.demand_unit))
    for name in ("expected", "share", "1 unit or more", "2 or more"):
        table.add_column(name, justify="right", no_wrap=True)
    stages: list[tuple[str, Covered]] = [("now", advice.before)]
    if advice.moves:
        stages.append(("then", advice.after))
    for name, found in stages:
        table.add_row(
            name,
            f"{found.expected:,.0f}",
            f"[bold]{percent(found.expected / advice.demand)}[/bold]",
            percent(found.once / advice.demand),
            percent(found.twice / advice.demand),
        )
    return table


def _proof(advice: StandbyAdvice) -> str:
    if advice.proven:
        return "Proven: no other moves within these limits cover more."
    if advice.gap is None:
        return "Not proven to be best: too many units and places at once; name units or take fewer places."
    return f"Other moves cover at most {advice.gap:.2%} more, those that cover less on the way included."
