"""docs/formats.md names every column that is read or written."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from engine.model import Capability, Priority, Service, UnitStatus
from engine.tables import incidents, providers, traffic, units
from engine.tables.plan_json import plan_json
from engine.tables.plan_rows import plan_rows
from tests.engine.tables.test_write import FLEET, INCIDENTS, PLAN, ZONE

PAGE = (Path(__file__).parents[3] / "docs" / "formats.md").read_text("utf-8")


def section(title: str) -> set[str]:
    """The words in code type of one section."""
    text = PAGE.split(f"## {title}\n")[1].split("\n## ")[0]
    return set(re.findall(r"`([^`]+)`", text))


@pytest.mark.parametrize(
    ("title", "module"), [("Incidents", incidents), ("Units", units), ("Providers", providers), ("Traffic", traffic)]
)
def test_every_column_that_is_read_is_described(title: str, module: Any) -> None:
    """Required and optional columns of the three tables."""
    assert {*module.REQUIRED, *module.OPTIONAL} <= section(title) | section("Places")


def test_every_word_that_may_stand_in_a_cell_is_described() -> None:
    """Services, capabilities, priorities and states."""
    assert {*Service, *Capability, *Priority} <= section("Incidents")
    assert {*UnitStatus} <= section("Units")


def test_every_column_and_key_that_is_written_is_described() -> None:
    """The plan's rows and the document's keys, those of its summary and of a runner-up included."""
    assert set(plan_rows(PLAN, INCIDENTS, FLEET, ZONE)[0]) <= section("The plan, as a table")
    document = plan_json(PLAN, INCIDENTS, FLEET, ZONE)
    rival = next(row["runners_up"][0] for row in document["incidents"] if row["runners_up"])
    known = section("The plan, as JSON") | section("The plan, as a table")
    assert {*document, *document["summary"], *document["incidents"][0], *rival} <= known
