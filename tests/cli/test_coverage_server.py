"""`towline coverage ... --server`: what a server says of its fleet is what the command says of the same tables."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import geopandas
import grpc
import pytest
from google.longrunning import operations_pb2, operations_pb2_grpc
from towline.v1.coverage_service_pb2 import CoverageMetadata
from typer.testing import Result

from cli import planning_server
from engine.coverage.example import example_fleet
from engine.dispatch import Dispatcher
from engine.errors import ServerUnreachableError
from engine.model import Fleet
from engine.server import Server, ServerOptions
from engine.tables.inputs import save_case
from engine.times import parse_time
from graphs.bundled import load_coquimbo
from tests.cli.conftest import widest
from tests.engine.server.planning import LONG, PlanningClient, metadata_of
from tests.engine.server.wire import Client

NOW = "2026-03-03T12:10:00-03:00"
TOWING = ("--service", "towing")
SNOW = 'title = "Snow"\n[when]\nhours = [8, 18]\nweather = "snow"\n[[provider]]\nremove = "P0002"\n'
SWEEP = '[when]\nhour = 8\n[sweep]\npromise.urban_minutes = [5, 7.5]\nremove_each = ["P0001", "P0002"]\n'
#: Leaves no demand at all: its polygon is all of the region.
NOBODY = """
[when]
hour = 8
[[demand.area]]
factor = 0
polygon = [[-73, -31], [-70, -31], [-70, -28], [-73, -28]]
[sweep]
promise.urban_minutes = [5, 7.5]
"""
DAYS = '[sweep]\nwhen.hour = [12, 17, 8]\nwhen.weekday = ["tue", "sat"]\n'
RULES = """
crew_hours = 24
calls_per_day = 1
only_bases = true
[[shift]]
starts = [0, 8, 16]
[[base]]
provider = "P0002"
[[base]]
provider = "P0005"
most = 2
"""


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example fleet as tables, and scenarios."""
    folder = tmp_path_factory.mktemp("tables")
    save_case(folder, "plan", fleet(), [])
    (folder / "snow.toml").write_text(SNOW)
    (folder / "sweep.toml").write_text(SWEEP)
    (folder / "nobody.toml").write_text(NOBODY)
    (folder / "days.toml").write_text(DAYS)
    (folder / "monday.toml").write_text('[when]\nweekday = "mon"\nhour = 8\n')
    (folder / "weather.toml").write_text('[when]\nweather = "snow"\n')
    (folder / "rules.toml").write_text(RULES)
    (folder / "long.toml").write_text(LONG)
    (folder / "cells.csv").write_text("cell,people\n88b21919d3fffff,7\n88b21919d1fffff,2.5\n")
    (folder / "calls.toml").write_text('[demand]\nlayer = "cells.csv"\ncolumn = "people"\nfactor = 2.0\n')
    calls = geopandas.points_from_xy([-71.25, -71.26, -71.34], [-29.91, -29.92, -29.96], crs=4326)
    table = geopandas.GeoDataFrame({"count": [3, 1, 2]}, geometry=calls)
    table.to_file(folder / "calls.geojson")
    table.assign(lon=calls.x, lat=calls.y).drop(columns="geometry").to_parquet(folder / "calls.parquet")
    return folder


def fleet() -> Fleet:
    found = example_fleet(load_coquimbo())
    return Fleet(tuple(sorted(found.providers, key=_id)), tuple(sorted(found.units, key=_id)))


def _id(item: Any) -> str:
    return item.id


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """With the fleet of the tables, at the time that is asked about."""
    server = Server(
        {"coquimbo": Dispatcher(load_coquimbo())},
        options=ServerOptions(clock=lambda: parse_time(NOW, field="now")),
        fleets={"coquimbo": fleet()},
    )
    yield server.start()
    server.stop(grace_s=0)


@pytest.fixture
def at(server: Server) -> str:
    return f"127.0.0.1:{server.port}"


@pytest.fixture
def local(tables: Path) -> list[str]:
    return ["--providers", str(tables / "plan-providers.csv"), "--units", str(tables / "plan-units.csv")]


@pytest.mark.parametrize(
    "asked",
    [
        ("evaluate", *TOWING, "--gaps", "3", "--worth", "4", "--told-minutes", "8"),
        ("evaluate", "--scenario", "snow.toml", *TOWING, "--crews", "free", "--now", NOW),
        ("evaluate", "--scenario", "snow.toml", *TOWING, "--calls-per-day", "150"),
        ("evaluate", "--scenario", "snow.toml", "--calls-per-day", "150", "--calls-of", "towing"),
        ("evaluate", "--demand", "cells.csv", *TOWING),
        ("whatif", "snow.toml", "--demand", "calls.geojson", *TOWING),
        ("evaluate", "--scenario", "calls.toml", *TOWING, "--calls-per-day", "40"),
        ("compare", "calls.toml", "snow.toml", *TOWING),
        ("site", *TOWING, "--scenario", "calls.toml", "--candidates-every-cell", "5", "--sites", "1"),
        ("site", *TOWING, "--demand", "calls.parquet", "--candidates-every-cell", "5", "--sites", "1"),
        ("whatif", "snow.toml", *TOWING),
        ("compare", "sweep.toml", "snow.toml", *TOWING),
        ("compare", "days.toml", "monday.toml", *TOWING),
        ("compare", "nobody.toml", "snow.toml", *TOWING),
        ("site", *TOWING, "--candidates-every-cell", "12", "--sites", "1"),
        ("standby", *TOWING, "--now", NOW, "--cells", "8", "--moves", "1"),
        ("shifts", "rules.toml", *TOWING, "--calls-per-day", "20", "--gap", "0.9", "--no-play"),
    ],
    ids=lambda asked: " ".join(asked[:2]),
)
def test_the_same_answer(
    towline: Callable[..., Result],
    towline_json: Callable[..., Any],
    tables: Path,
    at: str,
    local: list[str],
    asked: tuple[str, ...],
    monkeypatch: pytest.MonkeyPatch,
):
    """Documents are equal; so are tables, which fit into 80 columns."""
    monkeypatch.chdir(tables)
    told = towline_json("coverage", *asked, "--server", at)
    assert told == towline_json("coverage", *asked, *local)
    screen = towline("coverage", *asked, "--server", at)
    assert screen.exit_code == 0
    assert widest(screen.stdout) <= 80
    assert screen.stdout == towline("coverage", *asked, *local).stdout


def test_files_are_written_here(towline_json: Callable[..., Any], at: str, tables: Path, tmp_path: Path):
    """The map, the picture and the GIS file that the command writes itself, the scenario that it plans."""
    asked = ("coverage", "whatif", tables / "snow.toml", *TOWING, "--server", at)
    names = {"--map": "a.html", "--picture": "a.png", "--gis": "a.parquet"}
    towline_json(*asked, *(part for option, name in names.items() for part in (option, tmp_path / name)))
    assert "Snow" in (tmp_path / "a.html").read_text("utf-8")
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
    assert len(geopandas.read_parquet(tmp_path / "a.parquet")) > 100
    table = tmp_path / "candidates.csv"
    table.write_text("id,lon,lat,contract_cost\nnorth,-71.2519,-29.9027,7\nsouth,-71.2813,-29.9450,9\n")
    found = towline_json(
        *("coverage", "site", *TOWING, "--candidates", table, "--budget", "8", "--server", at),
        *("--write-scenario", tmp_path / "sites.toml"),
    )
    assert found["candidates"] == {"name": "candidates.csv", "count": 2, "offering": 2}
    assert {each["id"] for each in found["chosen"]} <= {"north"}
    assert (tmp_path / "sites.toml").read_text("utf-8") == found["scenario"]


def test_the_stand_by_page_is_the_one_drawn_here(
    towline_json: Callable[..., Any], at: str, tables: Path, local: list[str], tmp_path: Path
):
    """With roads, all free units and what it was made from; nothing of it depends on who draws it."""
    asked = ("coverage", "standby", *TOWING, "--now", NOW, "--cells", "8", "--moves", "1", "--told-minutes", "8")
    pages = [tmp_path / "there.html", tmp_path / "here.html"]
    scenario = ("--scenario", tables / "weather.toml")
    towline_json(*asked, *scenario, "--server", at, "--map", pages[0])
    towline_json(*asked, *scenario, *local, "--map", pages[1])
    # Tables have rounded places, so the fleet has a version of its own.
    there, here = (re.sub("fleet [0-9a-f]{16}", "fleet", page.read_text("utf-8")) for page in pages)
    assert there == here
    assert len(there) > 200_000


def test_the_page_of_a_comparison_is_the_one_drawn_here(
    towline: Callable[..., Result], at: str, local: list[str], tables: Path, tmp_path: Path
):
    """All variants of all scenarios, one of which has no figures, and the providers on the roads."""
    compared = ("coverage", "compare", *(tables / name for name in ("sweep.toml", "snow.toml", "nobody.toml")), *TOWING)
    pages = [tmp_path / "there.html", tmp_path / "here.html"]
    there = towline(*compared, "--server", at, "--map", pages[0])
    here = towline(*compared, *local, "--map", pages[1])
    assert (there.exit_code, there.stdout) == (0, here.stdout)
    assert pages[0].read_text("utf-8") == pages[1].read_text("utf-8")
    assert "OpenStreetMap" in pages[0].read_text("utf-8")
    assert len(pages[0].read_bytes()) > 200_000


def test_the_pages_of_shifts_are_those_drawn_here(
    towline: Callable[..., Result], at: str, local: list[str], tables: Path, tmp_path: Path
):
    """The page with its roads, the picture with whose they are."""
    rules = (tables / "rules.toml", *TOWING, "--calls-per-day", "20", "--gap", "0.9", "--no-play")
    for name, asked in (("there", ("--server", at)), ("here", local)):
        files = ("--map", tmp_path / f"{name}.html", "--picture", tmp_path / f"{name}.png")
        assert towline("coverage", "shifts", *rules, *asked, *files).exit_code == 0
    # Tables have rounded places, so the fleet, and what is made from it, has a version of its own.
    there, here = (
        re.sub("(fleet|result) [0-9a-f]{16}", "", (tmp_path / name).read_text("utf-8"))
        for name in ("there.html", "here.html")
    )
    assert there == here
    assert "OpenStreetMap" in there
    assert len(there) > 200_000
    assert b"OpenStreetMap" in (tmp_path / "there.png").read_bytes()


def test_how_soon_candidates_leave(towline: Callable[..., Result], at: str, local: list[str]):
    """Is told where nobody says it, by whoever reckons it."""
    asked = ("coverage", "site", *TOWING, "--candidates-every-cell", "4", "--sites", "1")
    there = towline(*asked, "--server", at).stderr
    assert there == towline(*asked, *local).stderr
    assert there == "note: candidates leave 3 minutes after they are told, as the fleet; see --mobilisation-minutes\n"
    assert towline(*asked, "--mobilisation-minutes", "3", "--server", at).stderr == ""


def test_pages_are_in_the_language_asked_for(towline_json: Callable[..., Any], at: str, tables: Path, tmp_path: Path):
    """All of them are drawn by the server."""
    page, picture = tmp_path / "a.html", tmp_path / "a.png"
    asked = ("--server", at, "--map", page, "--lang", "zh")
    for command, told in (
        (("whatif", tables / "snow.toml", *TOWING), "承诺内的人口"),
        (("evaluate", *TOWING), "谁的退出影响最大"),
        (("site", *TOWING, "--candidates-every-cell", "12", "--sites", "1"), "服务商"),
        (("compare", tables / "snow.toml", *TOWING), "情景比较"),
        (("standby", *TOWING, "--now", NOW, "--cells", "8", "--moves", "1"), "待命"),
    ):
        towline_json("coverage", *command, *asked)
        content = page.read_text("utf-8")
        assert '<html lang="zh">' in content
        assert told in content, command
        assert "交通 " in content[content.index("<footer>") :]
    found = towline_json(
        *("coverage", "shifts", tables / "rules.toml", *TOWING, "--calls-per-day", "20", "--gap", "0.9"),
        *("--server", at, "--map", page, "--picture", picture),
    )
    content = page.read_text("utf-8")
    assert "Provider with crews on duty" in content
    assert "Calls within promise as played, %" in content
    assert all("played_share" in hour for hour in found["hours"])
    assert f"result {found['result']}" in content
    assert found["result"].encode() in picture.read_bytes()


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (("evaluate", "--units", "plan-units.csv"), "--units does not go with --server: the fleet is the one"),
        (("evaluate", "--calls-per-day", "1e7"), "calls_per_day"),
        (("compare", "snow.toml", "--workers", "2"), "--workers does not go with --server"),
        (("evaluate", "--demand", "afar.csv"), "row 3 lon, lat '-60, -29.9': is not on the roads of"),
        (("evaluate", "--demand", "afar.csv"), "afar.csv: row 3 lon, lat"),
        (("evaluate", "--scenario", "layer.toml"), "afar.csv: row 3 lon, lat '-60, -29.9': is not on the roads of"),
        (("compare", "snow.toml", "layer.toml"), "row 5 lon, lat '-61, -29.9'"),
        (("evaluate", "--region", "elsewhere"), "elsewhere"),
        (("standby", "--unit", "nobody"), "no unit 'nobody'"),
        (("evaluate", "--lang", "fr"), "--lang 'fr' is not spoken here"),
    ],
)
def test_what_cannot_be_asked_of_a_server(
    towline: Callable[..., Result], at: str, tables: Path, asked: tuple[str, ...], words: str,
    monkeypatch: pytest.MonkeyPatch,
):  # fmt: skip
    """Says which option, and what to do."""
    monkeypatch.chdir(tables)
    (tables / "afar.csv").write_text("lon,lat\n-71.25,-29.9\n-60,-29.9\n-71.25,-29.9\n-61,-29.9\n")
    (tables / "layer.toml").write_text('[demand]\nlayer = "afar.csv"\n')
    result = towline("coverage", *asked, "--server", at)
    assert result.exit_code in (2, 3)
    assert words in " ".join(result.stderr.split())


def test_what_cannot_be_evaluated(
    towline_json: Callable[..., Any], tables: Path, at: str, local: list[str], tmp_path: Path
):
    """A variant's failure is a row that says why; of what is asked alone it is the command's."""
    (row, _, fine, _) = towline_json(
        "coverage", "compare", tables / "nobody.toml", tables / "snow.toml", *TOWING, "--server", at
    )["scenarios"]
    assert (row["share"], row["result"]) == (None, "")
    assert "leave no demand" in row["problem"]
    assert (fine["scenario"], fine["problem"]) == ("Snow", "")
    alone = tmp_path / "alone.toml"
    alone.write_text(NOBODY.partition("[sweep]")[0])
    for command in (("whatif", alone), ("evaluate", "--scenario", alone)):
        told = towline_json("coverage", *command, *TOWING, "--server", at, exit_code=2)
        assert told["error"]["reason"] == "INVALID_DEMAND"
        assert told == towline_json("coverage", *command, *TOWING, *local, exit_code=2)


@pytest.mark.parametrize(
    ("metadata", "words"),
    [
        ({}, ("Waiting for others", 0, 0)),
        ({"started_at": {}, "done_count": 2, "total_count": 5}, ("Looking", 2, 5)),
        ({"started_at": {}, "total_count": 1}, ("Looking", 0, 0)),
        ({"started_at": {}, "search": {"step_count": 7}}, ("Looking: step 7", 0, 0)),
        (
            {"started_at": {}, "search": {"step_count": 7, "gap_share": 0.0321}},
            ("Looking: step 7, gap so far 3.21%", 0, 0),
        ),
    ],
)
def test_what_is_told_meanwhile(metadata: dict[str, Any], words: tuple[str, int, int]):
    """Variants that are done, or how far a search is; percentages of what can be counted alone."""
    operation, told = operations_pb2.Operation(), []
    operation.metadata.Pack(CoverageMetadata(**metadata))
    planning_server._tell(lambda *what: told.append(what), operation, "Looking")
    assert told == [words]


@pytest.mark.parametrize(("number", "exit_code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupt_cancels_the_operation(server: Server, at: str, tables: Path, number: int, exit_code: int):
    """The server is told, and works for nobody."""
    command = [sys.executable, "-m", "cli", "coverage", "compare", str(tables / "long.toml"), "--server", at]
    client = PlanningClient(Client(server.port).channel)
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    try:
        name = _until(lambda: next((each.name for each in client.list(filter="done=false").operations), ""))
        _until(lambda: metadata_of(client.get(name)).done_count)
        process.send_signal(number)
        assert process.wait(30) == exit_code
        ended = client.done(client.get(name))
        assert (ended.error.code, ended.error.message) == (1, "the operation was cancelled")
    finally:
        process.kill()
        process.communicate()


def test_a_server_that_goes_away():
    """Whoever waits is told that the work is lost, not that the address may be wrong; exit code 3."""
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{nobody.getsockname()[1]}"
    with grpc.insecure_channel(address) as channel:
        at = planning_server.PlanningServer(address, channel, "regions/coquimbo", "Coquimbo")
        with pytest.raises(ServerUnreachableError, match=r"went away while it worked.* ask again") as raised:
            at._waited(operations_pb2_grpc.OperationsStub(channel), "regions/coquimbo/operations/1")
    assert raised.value.exit_code == 3


def test_the_other_commands_do_not_wait_for_the_contract():
    """Whoever asks no server imports no protobuf."""
    told = "import sys, cli.main; sys.exit('google.protobuf' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", told], check=False).returncode == 0


def _until(found: Callable[[], Any]) -> Any:
    until = time.monotonic() + 60
    while not (value := found()):
        assert time.monotonic() < until, "it did not come to that"
        time.sleep(0.1)
    return value
