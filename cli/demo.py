"""`towline demo`: what Towline does, on a real city, in under a minute."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli import console
from cli.choices import BUNDLED, open_region_choice


def demo(
    seed: Annotated[int, typer.Option("--seed", min=0, help="Another seed, another day.")] = 1,
    map: Annotated[Path, typer.Option("--map", help="Where to write the map of both answers.")] = Path("out/demo.html"),
    save: Annotated[
        Path | None,
        typer.Option("--save", help="Also write the tables of both cases to this folder, to try `reassign`."),
    ] = None,
    json: console.Json = False,
) -> None:
    """Show what Towline does on La Serena–Coquimbo, Chile: speed with 8,000 units, and a scarce hour."""
    from engine.demo import scarce_case, standard_case
    from engine.dispatch import Dispatcher
    from engine.plan_map import write_plan_map
    from engine.tables.inputs import save_case
    from engine.tables.write import check_map, ensure_folder
    from graphs.bundled import load_coquimbo_population

    ensure_folder(map.parent)
    check_map(map)
    region = open_region_choice(BUNDLED)
    with console.working("Preparing the scarce hour"):
        population = load_coquimbo_population()
        dispatcher = Dispatcher(region)
        # First, so that the times of the standard fleet are those of compiled kernels.
        scarce = scarce_case(dispatcher, population, seed=seed)
    with console.working("Preparing 3,000 providers with 8,000 units"):
        standard = standard_case(dispatcher, population, seed=seed)
    with console.working("Drawing the map"):
        plans = {"Towline": scarce.towline, "Nearest in order of call": scarce.nearest}
        title = "A scarce hour in La Serena–Coquimbo"
        write_plan_map(map, region, scarce.case.fleet, scarce.case.incidents, plans, title=title)
    if save is not None:
        ensure_folder(save)
        save_case(save, "standard", standard.fleet, standard.incidents)
        save_case(save, "scarce", scarce.case.fleet, scarce.case.incidents)
        console.note(f"tables written to {save}; decide them with --now {standard.now.isoformat()}")
    if json:
        from cli.views.demo_json import demo_json

        console.print_json(demo_json(region, standard, scarce, seed=seed, map=map))
        return
    from cli.views.demo import print_demo

    print_demo(console.stdout(), region, standard, scarce, map=map)
