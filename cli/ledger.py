"""`towline ledger`: what a server has kept, looked at and taken elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli import console
from cli.failures import FailureGroup
from cli.ledger_story import COMMANDS, LedgerChoice, regions_of
from cli.ledger_story import ledger_url as ledger_url

app = typer.Typer(cls=FailureGroup, help="The ledger: everything a server acknowledged.", no_args_is_help=True)

for _name, _command in COMMANDS.items():
    app.command(_name)(_command)


@app.command("info")
def info(ledger: LedgerChoice, json: console.Json = False) -> None:
    """What is in a ledger, region by region; a running server is not disturbed.

    Example: towline ledger info /var/lib/towline/ledger.db
    """
    from dataclasses import asdict

    from cli.views import ledger as view
    from engine.ledger import Ledger
    from engine.ledger.info import describe

    with Ledger.open(ledger_url(ledger), read_only=True) as opened:
        found = describe(opened)
    if json:
        console.print_json(asdict(found))
    else:
        view.print_info(console.stdout(), found)


@app.command("export")
def export(
    ledger: LedgerChoice,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="The folder for the files; made if missing.")],
    region: Annotated[
        list[str] | None, typer.Option("--region", metavar="NAME", help="Only this region; may be repeated.")
    ] = None,
    json: console.Json = False,
) -> None:
    """Write events, incidents, decisions, units and providers as Parquet, all of one moment.

    Example: towline ledger export /var/lib/towline/ledger.db --out story
    """
    from cli.views import ledger as view
    from engine.ledger import Ledger
    from engine.ledger.export import export as write

    with Ledger.open(ledger_url(ledger), read_only=True) as opened:
        wanted = regions_of(opened, region or opened.regions())
        with console.progress_bar() as tell:
            done = write(opened, out, regions=wanted, tell=tell)
    if json:
        files = {name: {"file": str(path), "rows": done.rows[name]} for name, path in done.files.items()}
        console.print_json({"files": files})
    else:
        view.print_exported(console.stdout(), done)
