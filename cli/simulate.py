"""`towline simulate`: the same days under several ways of deciding."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli import console, interrupts
from cli.choices import BUNDLED, PolicyChoice, RegionChoice, open_region_choice, policy_of

if TYPE_CHECKING:
    from engine.dispatch import Dispatcher
    from engine.simulate.comparing import Comparison
    from engine.simulate.options import DayOptions

BASELINE = "nearest-eta"


def simulate(
    region: RegionChoice = BUNDLED,
    policy: PolicyChoice = None,
    strategy: Annotated[
        list[str] | None,
        typer.Option(
            "--strategy",
            help="A way of deciding, repeat for several: nearest-line, nearest-eta, nearest-call, immediate, "
            "reoptimise; default: all.",
        ),
    ] = None,
    baseline: Annotated[str, typer.Option("--baseline", help="The strategy that others are set against.")] = BASELINE,
    seeds: Annotated[int, typer.Option("--seeds", min=1, max=1000, help="How many days.")] = 5,
    seed: Annotated[int, typer.Option("--seed", min=0, help="The first day; the others follow it.")] = 1,
    incidents: Annotated[int, typer.Option("--incidents", help="Calls in a day.")] = 1000,
    units: Annotated[int, typer.Option("--units", help="Units, on three overlapping shifts.")] = 80,
    json: console.Json = False,
) -> None:
    """Simulate days and compare ways of deciding: promises kept, waits, cost.

    Every strategy meets the same calls, work, traffic and answers. Ctrl-C ends with the days that are finished.
    """
    import time

    from engine.dispatch import Dispatcher
    from engine.simulate import STRATEGIES, DayOptions, compare, strategy_named
    from engine.simulate.comparing import Comparison

    options = DayOptions(incidents=incidents, units=units)
    names = list(dict.fromkeys(strategy or STRATEGIES))
    if baseline in names:
        names.remove(baseline)
    chosen = [strategy_named(name) for name in (baseline, *names)]
    rules, area = policy_of(policy), open_region_choice(region)
    demand = None
    if region == BUNDLED:
        from graphs.bundled import load_coquimbo_population

        demand = load_coquimbo_population()
    dispatcher, found, stopped = Dispatcher(area, rules), Comparison(()), False
    with console.progress_bar() as tell:

        def progress(name: str, place: int, share: float) -> None:
            done = place * len(chosen) + [one.name for one in chosen].index(name) + share
            tell(f"day: {place + 1}, {name}", round(1000 * done), 1000 * seeds * len(chosen))

        try:
            days = range(seed, seed + seeds)
            compare(dispatcher, demand, chosen, days, options, timer=time.perf_counter, progress=progress, into=found)
        except KeyboardInterrupt:
            stopped = True
    _answer(found, baseline, options, dispatcher, json=json)
    if stopped:
        console.note(f"stopped after {len(found.seeds)} of {seeds} days")
        raise typer.Exit(interrupts.exit_code())


def _answer(found: Comparison, baseline: str, options: DayOptions, dispatcher: Dispatcher, *, json: bool) -> None:
    if json:
        from engine.simulate.comparison_json import comparison_json

        console.print_json(comparison_json(found, baseline, options, dispatcher))
    elif found.seeds:
        from cli.views.simulate import print_comparison

        print_comparison(console.stdout(), found, baseline, options, dispatcher)
