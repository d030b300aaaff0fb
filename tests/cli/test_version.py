"""`towline version`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from typer.testing import Result


def test_version_is_one_line_and_what_it_stands_on(towline: Callable[..., Result]) -> None:
    """The distribution's version first, then the packages that decide what is computed."""
    result = towline("version")
    assert result.exit_code == 0
    assert result.stdout.startswith("towline ")
    assert "ortools" in result.stdout


def test_version_as_json(towline_json: Callable[..., Any]) -> None:
    """Versions of Towline, Python and the packages."""
    found = towline_json("version")
    assert set(found) == {"towline", "python", "packages"}
    assert all(found["packages"].values())
