"""The files in docs/deploy say what is true."""

from __future__ import annotations

import configparser
import json
import os
import re
import shlex
import shutil
import subprocess
import tempfile
import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import app
from engine.server.config import schema
from engine.server.config_file import load_config, variable
from engine.server.metrics import INSTRUMENTS
from engine.server.options import ServerOptions

ROOT = Path(__file__).resolve().parent.parent
DEPLOY = ROOT / "docs" / "deploy"
UNIT = DEPLOY / "towline.service"
OPERATIONS = (ROOT / "docs" / "operations.md").read_text("utf-8")


class Lines(configparser.RawConfigParser):
    """A unit file: keys keep their case and may come again."""

    def optionxform(self, optionstr: str) -> str:
        return optionstr


def unit() -> Lines:
    read = Lines(strict=False, interpolation=None, comment_prefixes=("#",), delimiters=("=",))
    read.read_string(UNIT.read_text("utf-8"))
    return read


def options_of(command: list[str]) -> set[str]:
    """The options a towline command line uses; asserts that the command has them."""
    shown = CliRunner().invoke(app, [command[0], "--help"], env={"COLUMNS": "200", "TERM": "dumb"})
    assert shown.exit_code == 0, command
    used = {word for word in command if word.startswith("--")}
    for option in used:
        assert option in shown.output, option
    return used


def test_the_unit_starts_what_there_is() -> None:
    """Its command and options exist; it waits longer for the end than calls may take; it is told when ready."""
    service = unit()["Service"]
    words = service["ExecStart"].split()
    assert words[0].endswith("/bin/towline")
    assert options_of(words[1:]) == {"--config"}
    assert float(service["TimeoutStopSec"]) > 2 * ServerOptions().grace_s
    assert service["Type"] == "notify"
    assert "ProcSubset" not in service  # the metrics of the process need /proc/stat
    assert "HUP" in service["ExecReload"]


def test_the_unit_is_never_given_up() -> None:
    """An outage of the database is no reason to stay down after it: every start fails until it is over."""
    read = unit()
    assert read["Unit"]["StartLimitIntervalSec"] == "0"
    assert "StartLimitBurst" not in read["Unit"]
    assert read["Service"]["Restart"] == "on-failure"
    assert 2 <= float(read["Service"]["RestartSec"]) <= 10


def install_lines() -> list[list[str]]:
    """The page's commands that install, as words."""
    (block,) = re.findall(r"```sh\n(make .*?)```", OPERATIONS, re.DOTALL)
    return [shlex.split(line, comments=True) for line in block.splitlines() if line.startswith("install ")]


def installed(folder: Path, group: str) -> list[list[str]]:
    """The same into a folder in place of the root, and of another group; all that they install is made."""
    made = []
    for words in install_lines():
        assert words[-1].startswith("/")
        where = folder / words[-1][1:]
        where.parent.mkdir(parents=True, exist_ok=True)
        if "-d" not in words:
            for source in [name for name in words if "." in name and not name.startswith("/")]:
                (folder / source).parent.mkdir(parents=True, exist_ok=True)
                (folder / source).write_text("x")
        words = [group if before == "-g" else word for before, word in zip(["", *words], words, strict=False)]
        made.append([*words[:-1], f"{where}/" if words[-1].endswith("/") else str(where)])
    return made


def test_what_the_configuration_names_is_installed_for_the_unit_s_group() -> None:
    """Each file of the page's example, and the example itself, readable for the group, and for nobody else."""
    service = unit()["Service"]
    assert service["User"] == service["Group"] == "towline"
    assert "DynamicUser" not in service  # it could read none of root's files
    assert not any(key.startswith("LoadCredential") for key in service)  # they would never be renewed
    (example,) = re.findall(r"```toml\n(.*?)```", OPERATIONS, re.DOTALL)
    files = set(re.findall(r'"([\w.-]+\.(?:toml|towline|csv|pem|key|password))"', example)) | {"towline.toml"}
    assert len(files) >= 8
    for words in install_lines():
        if words[-1] == "/etc/towline/":
            assert words[1:5] == ["-m", "640", "-g", "towline"]
            files -= set(words[5:-1])
    assert not files


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can be somebody else")
def test_the_unit_s_user_can_read_what_the_page_installs() -> None:
    """The page's commands carried out: a user with that group and no rights reads all of it, others nothing."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        for words in installed(folder, "64001"):
            subprocess.run(words, cwd=folder, check=True, timeout=20)
        files = sorted(path for path in (folder / "etc" / "towline").iterdir())
        assert folder / "etc" / "towline" / "towline.toml" in files
        for group, code in ((64001, 0), (64002, 1)):
            done = subprocess.run(
                ["cat", *files], user=64001, group=group, extra_groups=[], cwd="/", capture_output=True
            )
            assert done.returncode == code, done.stderr


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
def test_systemd_finds_nothing_wrong(tmp_path: Path) -> None:
    """Every directive is known, and what an attacker of the service could reach is little."""
    copy = tmp_path / "towline.service"
    python = shutil.which("true") or "/bin/true"
    copy.write_text(re.sub(r"ExecStart=\S+", f"ExecStart={python}", UNIT.read_text("utf-8")))
    found = subprocess.run(["systemd-analyze", "verify", str(copy)], capture_output=True, text=True, check=False)
    if "Failed to" in found.stderr and "bus" in found.stderr:
        pytest.skip(found.stderr)
    assert (found.returncode, found.stderr) == (0, "")
    command = ["systemd-analyze", "security", "--offline=true", "--threshold=20", str(copy)]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout[-300:]


def instructions() -> list[tuple[str, str]]:
    text = (DEPLOY / "Containerfile").read_text("utf-8")
    lines = re.sub(r"\\\n", " ", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE)).splitlines()
    return [(line.split(None, 1)[0], line.split(None, 1)[1]) for line in lines if line.strip()]


def test_the_container_runs_what_there_is() -> None:
    """Two stages, nobody's user, and every towline command in it exists with its options."""
    steps = instructions()
    known = {"FROM", "WORKDIR", "RUN", "COPY", "ENV", "USER", "VOLUME", "EXPOSE", "STOPSIGNAL", "HEALTHCHECK"}
    assert {name for name, _ in steps} <= known | {"ENTRYPOINT", "CMD"}
    assert len([1 for name, _ in steps if name == "FROM"]) == 2
    assert [rest for name, rest in steps if name == "USER"] == ["10001:10001"]
    (health,) = [rest for name, rest in steps if name == "HEALTHCHECK"]
    shell, option, line = json.loads(health.partition("CMD ")[2])
    assert (shell, option) == ("sh", "-c")
    command = line.removeprefix("exec ").split()
    assert command[0] == "towline"
    assert options_of(command[1:]) == {"--http"}
    entry = [json.loads(rest) for name, rest in steps if name in ("ENTRYPOINT", "CMD")]
    assert options_of([*entry[0][1:], *entry[1]]) == {"--config"}
    for _, rest in (step for step in steps if step[0] == "RUN" and step[1].startswith("towline ")):
        assert options_of(rest.split()[1:]) == {"--check"}
    given = dict(re.findall(r"(\w+)=(\S+)", " ".join(rest for name, rest in steps if name == "ENV")))
    assert command[-1] == "$TOWLINE_METRICS_ADDRESS"  # over [metrics] of a file, so it asks where that says
    assert set(given) - {"PATH", "PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE", "TOWLINE_CACHE_DIR"} == {
        "TOWLINE_METRICS_ADDRESS"
    }
    assert "TOWLINE_METRICS_ADDRESS" in {variable(key) for key in schema()}


def test_the_container_copies_what_there_is() -> None:
    """Every file and folder that is copied from the clone, and every package that is built."""
    sources = {
        word for name, rest in instructions() if name == "COPY" and "--from" not in rest for word in rest.split()[:-1]
    }
    assert all((ROOT / source).exists() for source in sources)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    built = {path.split("/")[0] for path in project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]}
    assert built <= sources
    (extras,) = re.findall(r'"\.\[(.*?)\]"', (DEPLOY / "Containerfile").read_text("utf-8"))
    assert set(extras.split(",")) <= set(project["project"]["optional-dependencies"])


def test_examples_of_configuration_can_be_loaded(tmp_path: Path) -> None:
    """Every block of TOML in the pages about security and operations."""
    count = 0
    for page in ("operations.md", "security.md"):
        for text in re.findall(r"```toml\n(.*?)```", (ROOT / "docs" / page).read_text("utf-8"), re.DOTALL):
            count += 1
            path = tmp_path / f"{count}.toml"
            clients = "[[security.client]]" in text and "tls_client_ca" not in text
            path.write_text(
                ('[security]\ntls_cert = "a"\ntls_key = "b"\ntls_client_ca = "c"\n' if clients else "") + text
            )
            load_config(path)
    assert count >= 3


def test_every_table_and_figure_is_described() -> None:
    """The page on operations names all tables of the configuration and all metrics, and no others."""
    for key in schema():
        assert f"`[{key.rpartition('.')[0]}]`" in OPERATIONS, key
    named = set(re.findall(r"^\| `towline_(\w+)`", OPERATIONS, re.MULTILINE))
    assert named == set(INSTRUMENTS)
