"""`towline report`: what became of promises."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import console
from cli.failures import FailureGroup

if TYPE_CHECKING:
    from engine.live.report import Overdue

app = typer.Typer(cls=FailureGroup, help="What became of promises.", no_args_is_help=True)


@app.callback()
def _report() -> None:
    """What became of promises."""


class By(StrEnum):
    """What broken promises are counted by."""

    PROVIDER = "provider"
    AREA = "area"
    HOUR = "hour"
    CAUSE = "cause"
    SERVICE = "service"


@app.command("overdue")
def overdue(
    ledger: Annotated[
        str | None,
        typer.Argument(metavar="[LEDGER]", help="A file, or a URL: sqlite:///FILE, postgresql://USER@HOST/DATABASE."),
    ] = None,
    server: Annotated[
        str | None, typer.Option("--server", metavar="HOST:PORT", help="Ask a running server instead.")
    ] = None,
    region: Annotated[
        str | None, typer.Option("--region", metavar="NAME", help="Which region; left out: the only one.")
    ] = None,
    since: Annotated[
        str | None, typer.Option("--since", metavar="TIME", help="Received at or after, e.g. 2026-03-01T00:00+08:00.")
    ] = None,
    until: Annotated[str | None, typer.Option("--until", metavar="TIME", help="Received before.")] = None,
    by: Annotated[By, typer.Option("--by", help="One row for each of these.")] = By.CAUSE,
    resolution: Annotated[
        int, typer.Option("--resolution", min=0, max=15, help="Of the H3 cells of --by area; 7: about 5 square km.")
    ] = 7,
    timezone: Annotated[
        str | None, typer.Option("--timezone", metavar="ZONE", help="Of the hours; default: the server's, else UTC.")
    ] = None,
    csv: Annotated[Path | None, typer.Option("--csv", help="Write the rows as CSV.")] = None,
    promises: Annotated[
        Path | None, typer.Option("--promises", help="Write every broken promise as CSV, minutes lost by cause.")
    ] = None,
    chart: Annotated[Path | None, typer.Option("--chart", help="Write a picture, SVG.")] = None,
    json: console.Json = False,
) -> None:
    """Which promises were broken, by how much, and why: by provider, area, hour, cause or service.

    Example: towline report overdue ledger.db --by provider --chart overdue.svg
    """
    from cli.views import report as view
    from engine.errors import OptionError
    from engine.live.report import by as grouped
    from engine.live.report.figures import total

    if (ledger is None) == (server is None):
        raise OptionError("name a ledger, or a server with --server", option="--server")
    _check(csv, promises, chart, None if ledger is None or "://" in ledger else Path(ledger))
    span = _span(since, until)
    if server is not None:
        found = _of_server(server, region, span, resolution, timezone)
    else:
        found = _of_ledger(ledger or "", region, span, resolution, timezone)
    figures = grouped(found, by.value)
    _write(found, by.value, csv, promises, chart, figures)
    if json:
        console.print_json(view.as_json(found, by.value, figures, total(found)))
    else:
        view.print_overdue(console.stdout(), found, by.value, figures, total(found))


def _check(csv: Path | None, promises: Path | None, chart: Path | None, ledger: Path | None) -> None:
    from engine.errors import FileFormatError
    from engine.tables.outputs import keep_apart
    from engine.tables.write import check_csv, check_folder

    for path in (csv, promises):
        if path is not None:
            check_csv(path)
    if chart is not None:
        if chart.suffix.lower() != ".svg":
            raise FileFormatError(f"{chart.name}: the picture is SVG; let its name end in .svg", file=chart)
        check_folder(chart)
    keep_apart({"--csv": csv, "--promises": promises, "--chart": chart}, {"LEDGER": ledger})


def _span(since: str | None, until: str | None) -> dict[str, datetime | None]:
    from engine.times import parse_time

    given = {"since": since, "until": until}
    return {key: None if text is None else parse_time(text, field=f"--{key}") for key, text in given.items()}


def _zone(name: str | None, otherwise: str = "") -> Any:
    from zoneinfo import ZoneInfo

    from engine.errors import OptionError

    if not name and not otherwise:
        return UTC
    try:
        return ZoneInfo(name or otherwise)
    except (KeyError, ValueError, OSError):
        if not name:
            return UTC
        raise OptionError(
            f"--timezone {name!r} is no time zone; write it like America/Santiago", option="--timezone"
        ) from None


def _of_ledger(ledger: str, region: str | None, span: dict[str, Any], resolution: int, timezone: str | None) -> Overdue:
    from cli.ledger_story import reading_of
    from engine.live.report import overdue as looked_at

    zone = _zone(timezone)
    with reading_of(ledger, region) as reading, console.progress_bar() as tell:
        return looked_at(reading, zone=zone, resolution=resolution, tell=tell, **span)


def _of_server(server: str, region: str | None, span: dict[str, Any], resolution: int, timezone: str | None) -> Overdue:
    from cli.calling import calling, failing_as_ours, region_of
    from cli.connecting import open_channel
    from cli.report_server import overdue_of

    with calling(server) as stub:
        found = region_of(stub, server, region)
    zone = _zone(timezone, found.time_zone)
    with failing_as_ours(server), open_channel(server) as channel, console.progress_bar() as tell:
        return overdue_of(channel, found.name, zone=zone, resolution=resolution, tell=tell, **span)


def _write(
    found: Overdue, by: str, csv: Path | None, promises: Path | None, chart: Path | None, figures: list[Any]
) -> None:
    from engine.live.report import rows
    from engine.live.report.chart import chart as drawn
    from engine.tables.outputs import Outputs
    from engine.tables.write import write_csv

    with Outputs() as files:
        if csv is not None:
            files.write(csv, lambda part: write_csv(part, rows.group_rows(figures), rows.GROUP_COLUMNS))
        if promises is not None:
            files.write(promises, lambda part: write_csv(part, rows.promise_rows(found), rows.PROMISE_COLUMNS))
        if chart is not None:
            text = drawn(found, by, f"Broken promises by {by}")
            files.write(chart, lambda part: part.write_text(text, encoding="utf-8"))
