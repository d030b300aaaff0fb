"""The `towline` command. Heavy imports wait inside the subcommands: `towline version` must be quick."""

from __future__ import annotations

import sys

import typer

from cli import demo, eta, reassign, region, serve, version, ways
from cli.failures import FailureGroup

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
# Negative longitudes look like options to the parser.
app.command("eta", context_settings={"ignore_unknown_options": True})(eta.eta)
app.command("route", context_settings={"ignore_unknown_options": True})(ways.route)
app.command("isochrone", context_settings={"ignore_unknown_options": True})(ways.isochrone)
app.command("osrm")(ways.osrm)
app.add_typer(region.app, name="region")
app.command("serve")(serve.serve)
app.command("version")(version.version)


def main() -> None:
    """Run the command line; the exit code is one of docs/cli.md."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            # A terminal that cannot show a tick gets a question mark, not a crash.
            reconfigure(errors="replace")
    app()


if __name__ == "__main__":
    main()
