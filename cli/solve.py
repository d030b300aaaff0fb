"""`towline solve`: a routing problem from another tool's file, solved or checked."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Annotated, Any

import typer

from cli import console
from cli.choices import BUNDLED, PolicyChoice, RegionChoice, open_region_choice, policy_of, region_file
from cli.failures import UNSERVED
from cli.tours import seconds_of

FORMATS = ("vroom",)
SECONDS = 10.0
STDIN = "-"


def solve(
    problem: Annotated[str, typer.Argument(metavar="PROBLEM", help="A problem in VROOM's JSON; '-' reads stdin.")],
    format: Annotated[str, typer.Option("--format", help="Format of the problem and of the answer: vroom.")] = "vroom",
    plan_mode: Annotated[
        bool, typer.Option("--plan-mode", "-c", help="Judge the routes in the vehicles' steps; solve nothing.")
    ] = False,
    region: RegionChoice = BUNDLED,
    policy: PolicyChoice = None,
    seconds: Annotated[float, typer.Option("--seconds", help="Search for at most so long.")] = SECONDS,
    seed: Annotated[int, typer.Option("--seed", min=0, max=1_000_000, help="Another one may find another answer.")] = 0,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Write the answer here instead of to stdout.")] = None,
) -> None:
    """Solve a vehicle routing problem in VROOM's JSON; the answer is of that format too.

    Problems without matrices are driven on the region's roads. The exit code is 4 when a task is left unassigned, or
    when a route of plan mode breaks a limit.
    """
    from graphs.errors import OutsideRegionError, TowlineError

    try:
        _check_options(problem, format, region, policy, out)
        document, whole = _answer(problem, plan_mode, region, policy, seconds_of(seconds) or SECONDS, seed)
    except TowlineError as error:
        if out is None:
            from engine.vroom.write import error_json

            console.print_json(error_json(error.message, 3 if isinstance(error, OutsideRegionError) else 2))
        raise
    if out is None:
        console.print_json(document)
    else:
        import json

        from engine.tables.outputs import Outputs

        text = json.dumps(document, ensure_ascii=False, allow_nan=False) + "\n"
        with Outputs() as files:
            files.write(out, lambda part: part.write_text(text, "utf-8"))
        console.note(f"answer written to {out}")
    if not whole:
        raise typer.Exit(UNSERVED)


def _check_options(problem: str, format: str, region: str, policy: Path | None, out: Path | None) -> None:
    from engine.errors import OptionError
    from engine.tables.outputs import keep_apart
    from engine.tables.write import check_folder

    if format not in FORMATS:
        known = ", ".join(FORMATS)
        raise OptionError(f"--format {format!r} is not known; use {known}", option="--format", value=format)
    if out is not None:
        check_folder(out)
        inputs = {"PROBLEM": None if problem == STDIN else Path(problem), "--policy": policy}
        keep_apart({"--out": out}, inputs | {"--region": region_file(region)})


def _answer(
    problem: str, plan_mode: bool, region: str, policy: Path | None, seconds: float, seed: int
) -> tuple[dict[str, Any], bool]:
    """The answer, and whether everything is done and within its limits."""
    from engine.vroom.read import load_problem, read_problem
    from engine.vroom.solve import carry_out, solve_problem
    from engine.vroom.travel import travel_of
    from engine.vroom.write import solution_json

    begun = time.monotonic()
    with console.working("Reading the problem"):
        given = read_problem(sys.stdin.read()) if problem == STDIN else load_problem(problem)
    area = open_region_choice(region) if given.matrices is None else None
    with console.working("Preparing the matrix"):
        travel = travel_of(given, area, policy_of(policy))
    loaded = time.monotonic()
    with console.working("Checking" if plan_mode else "Solving"):
        found = carry_out(given, travel) if plan_mode else solve_problem(given, travel, seconds=seconds, seed=seed)
    spent = {"loading": round(1000 * (loaded - begun)), "solving": round(1000 * (time.monotonic() - loaded))}
    broken = any(route.violations for route in found.routes)
    return solution_json(given, found, milliseconds=spent), not found.left and not broken
