"""What the README shows works as it stands there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import app

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")


def test_python_lines_run_and_answer(capsys: pytest.CaptureFixture[str]) -> None:
    """The Python example runs as printed and names a unit, its time, the promise and why the other lost."""
    (code,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    exec(compile(code, "README.md", "exec"), {})
    printed = capsys.readouterr().out
    assert printed.startswith("north 0:0")
    assert "30 minutes" in printed
    assert "later" in printed


def test_every_command_shown_exists() -> None:
    """Each towline command in the README has a help page."""
    shown = set(re.findall(r"towline ((?:region )?[a-z]+)", README.split("## On the command line")[1]))
    assert {"reassign", "eta", "region build", "serve"} <= shown
    for command in shown:
        assert CliRunner().invoke(app, [*command.split(), "--help"]).exit_code == 0, command


def test_every_page_linked_exists() -> None:
    """No link of the README or of a page in docs leads nowhere."""
    for page in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]:
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text("utf-8")):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"
