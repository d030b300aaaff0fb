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
    from engine.demo import scarce_case, standard_case, warm_up
    from engine.dispatch import Dispatcher
    from engine.plan_map import write_plan_map
    from engine.tables.inputs import stage_case
    from engine.tables.outputs import Outputs, keep_apart
    from engine.tables.write import check_map, check_save_folder, ensure_folder
    from graphs.bundled import load_coquimbo_population

    keep_apart({"--map": map, "--save": save}, {})
    check_map(map, folder_made=map.parent.is_dir())
    for folder in filter(None, (map.parent, save)):
        check_save_folder(folder)
    region = open_region_choice(BUNDLED)
    with console.working("Preparing the scarce hour"):
        population = load_coquimbo_population()
        dispatcher = Dispatcher(region)
        # First, so that the times shown are those of compiled kernels and a network in memory.
        warm_up(dispatcher, population, seed=seed)
        scarce = scarce_case(dispatcher, population, seed=seed)
    with console.working("Preparing 3,000 providers with 8,000 units"):
        standard = standard_case(dispatcher, population, seed=seed)
    ensure_folder(map.parent)
    with console.working("Drawing the map"), Outputs() as files:
        plans = {"Towline": scarce.towline, "Nearest in order of call": scarce.nearest}
        title = "A scarce hour in La Serena–Coquimbo"
        case = scarce.case
        files.write(map, lambda part: write_plan_map(part, region, case.fleet, case.incidents, plans, title=title))
        if save is not None:
            ensure_folder(save)
            stage_case(files, save, "standard", standard.fleet, standard.incidents)
            stage_case(files, save, "scarce", case.fleet, case.incidents)
    if save is not None:
        console.note(f"tables written to {save}; decide them with --now {standard.now.isoformat()}")
    if json:
        from cli.views.demo_json import demo_json

        console.print_json(demo_json(region, standard, scarce, seed=seed, map=map))
        return
    from cli.views.demo import print_demo

    print_demo(console.stdout(), region, standard, scarce, map=map)
