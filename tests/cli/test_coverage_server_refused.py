"""What a server refuses is told as the command itself tells it: the user's file, its line, exit code 2."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from engine.dispatch import Dispatcher
from engine.server import Server, ServerOptions
from engine.tables.inputs import save_case
from graphs.bundled import load_coquimbo
from tests.cli.conftest import widest
from tests.engine.server.planning import fleet
from tests.engine.server.wire import NOW

TOWING = ("--service", "towing")
#: Lines that a rewritten scenario has not, and keys written in another way than it would.
FILES = {
    "well.toml": "[when]\nhour = 8\n",
    "way.toml": '# a comment\n\ntitle = "x"   # and more\n\n[when]\nhour = 8\n\n# the bridge\n[[close]]\nway = 5\n',
    "there.toml": '# two\n\n[[provider]]\nadd = "P0001"\nlon = -71.25\nlat = -29.91\n\n'
    '[[provider]]\nremove = "P9999"\n',
    "each.toml": 'title = "Sweep"\n\n\n[sweep]\nremove_each = [\n  "P0002",\n  "P9999",\n  "P0001",\n]\n',
    "above.toml": '# my own line\ninclude = "way.toml"\n\n[[close]]\nway = 6\n\n[[close]]\nway = 7\n',
    "twice.toml": (
        'title = "two speeds"\n\n# here\n[[speed]]\nclass = "primary"\nfactor = 0.5\n'
        '\n# and here\n[[speed]]\nclass = ["primary", "trunk"]\nfactor = 0.7\n'
    ),
    "many.toml": "# all\n" + "".join(f"\n[[close]]\nway = {number}\n" for number in range(1, 60)),
    "rules.toml": "crew_hours = 24\ncalls_per_day = 20\n[[shift]]\nstarts = [0, 8, 16]\n",
}


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tables")
    save_case(folder, "plan", fleet(), [])
    for name, text in FILES.items():
        (folder / name).write_text(text)
    return folder


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    server = Server(
        {"coquimbo": Dispatcher(load_coquimbo())},
        options=ServerOptions(clock=lambda: NOW),
        fleets={"coquimbo": fleet()},
    )
    yield server.start()
    server.stop(grace_s=0)


@pytest.fixture
def at(server: Server, tables: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tables)
    return f"127.0.0.1:{server.port}"


@pytest.fixture
def local() -> list[str]:
    return ["--providers", "plan-providers.csv", "--units", "plan-units.csv"]


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (("compare", "well.toml", "way.toml"), "line 10 close[0].way: way 5"),
        (("evaluate", "--scenario", "there.toml"), "line 4 provider[0].add: 'P0001' is there already"),
        (("compare", "each.toml"), "line 7 sweep.remove_each[1]: there is no provider 'P9999'"),
        (("whatif", "above.toml"), "above.toml: line 5 close[1].way: way 6"),
        (("whatif", "twice.toml"), "line 9 speed[1]"),
        (("shifts", "rules.toml", "--scenario", "way.toml"), "way.toml: line 10 close[0].way: way 5"),
        (("standby", "--scenario", "way.toml"), "way.toml: line 10 close[0].way: way 5"),
        (("site", "--candidates-every-cell", "4", "--sites", "1", "--scenario", "way.toml"), "line 10 close[0].way"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_scenario_is_told_with_its_file_and_line(
    towline: Callable[..., Result], towline_json: Callable[..., Any], at: str, local: list[str],
    asked: tuple[str, ...], words: str,
):  # fmt: skip
    """On the screen and as a document as without a server; also of files that it includes."""
    told = towline("coverage", *asked, *TOWING, "--server", at)
    assert words in " ".join(told.stderr.split())
    assert told.exit_code == 2
    here = towline("coverage", *asked, *TOWING, *local)
    assert told.stderr == "".join(line for line in here.stderr.splitlines(True) if not line.startswith("note: "))
    assert towline_json("coverage", *asked, *TOWING, "--server", at, exit_code=2) == towline_json(
        "coverage", *asked, *TOWING, *local, exit_code=2
    )


def test_of_many_problems_the_first(towline: Callable[..., Result], at: str):
    """A refusal has no room for all of them: how many there are is told."""
    told = towline("coverage", "whatif", "many.toml", *TOWING, "--server", at)
    first, file, *lines, last = told.stderr.splitlines()
    assert (told.exit_code, first) == (2, "error: 59 problems in the scenario; nothing was done.")
    assert (file, lines[0].split(":")[0]) == ("many.toml:", "  line 4 close[0].way")
    assert last == f"and {59 - len(lines)} more."
    assert widest(first) <= 80


def test_a_server_without_tls(at: str):
    """What gRPC itself logs of it stays out of the terminal."""
    command = [sys.executable, "-m", "cli", "coverage", "evaluate", "--server", f"https://{at}"]
    environment = {name: value for name, value in os.environ.items() if name != "GRPC_VERBOSITY"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 3
    assert done.stderr.startswith("error: ")
    assert len(done.stderr.splitlines()) == 1
