"""The `towline` command. Heavy imports wait inside the subcommands: `towline version` must be quick."""

from __future__ import annotations

import sys

import typer

from cli import (
    check,
    coverage,
    demo,
    eta,
    health,
    incidents,
    ledger,
    live_traffic,
    reassign,
    region,
    report,
    serve,
    simulate,
    snap,
    solve,
    version,
    watch,
    ways,
)
from cli.failures import FailureGroup, close_stdout, report_output
from cli.negative import PlaceCommand

app = typer.Typer(
    name="towline",
    cls=FailureGroup,
    help="Which rescue unit goes to which stranded driver: in 30 minutes in town, in 60 on the highway.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("demo")(demo.demo)
app.command("reassign")(reassign.reassign)
app.command("check")(check.check)
app.command("solve")(solve.solve)
app.command("simulate")(simulate.simulate)
app.command("eta", cls=PlaceCommand)(eta.eta)
app.command("route", cls=PlaceCommand)(ways.route)
app.command("isochrone", cls=PlaceCommand)(ways.isochrone)
app.command("snap", cls=PlaceCommand)(snap.snap)
app.command("osrm")(ways.osrm)
app.add_typer(coverage.app, name="coverage")
app.add_typer(region.app, name="region")
app.command("serve")(serve.serve)
app.command("health")(health.health)
app.command("watch")(watch.watch)
app.add_typer(incidents.app, name="incidents")
app.add_typer(live_traffic.app, name="traffic")
app.add_typer(ledger.app, name="ledger")
app.add_typer(report.app, name="report")
app.command("version")(version.version)


def run() -> int:
    """The exit code, after everything was printed."""
    code = 0
    try:
        app()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except OSError as error:  # help, which is printed outside of any command
        return report_output(error)
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        close_stdout()
    except OSError as error:
        code = report_output(error)
    return code
