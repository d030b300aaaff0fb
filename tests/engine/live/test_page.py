"""docs/live.md is true."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from engine.live.commands.units import ADVANCES
from engine.live.events import EventKind
from engine.live.records import ClockKind, LegState
from engine.live.region import CHECKPOINT_S, ENGAGE_S, TRACK_S
from engine.live.replanning import ANYWAY_S, GATHER_S
from engine.live.writer import MOST_COMMANDS
from engine.policy import Policy
from engine.server.options import ServerOptions

PAGE = (Path(__file__).parents[3] / "docs" / "live.md").read_text("utf-8")
FOLDER = Path(__file__).parents[3] / "engine" / "live"


@pytest.mark.parametrize("kind", EventKind, ids=lambda kind: kind.value)
def test_every_kind_of_event_has_a_row(kind: EventKind) -> None:
    """By the name that the contract gives it."""
    assert re.search(rf"^\| .*`{kind.name}`", PAGE, re.MULTILINE)


def test_every_detail_is_named() -> None:
    """The keys that the code writes into events are on the page."""
    table = PAGE.split("## Events")[1].split("## Clocks")[0]
    source = "".join(path.read_text("utf-8") for path in [FOLDER / "desk.py", *(FOLDER / "commands").glob("*.py")])
    written = set()
    for literal in re.findall(r"(?:data=|data = |more = |return )(\{[^{}]*\})", source):
        written |= set(re.findall(r'"(\w+)":', literal))
    assert {"leg", "remedy_unit", "instead_of", "from_lon"} <= written
    assert {key for key in written if f"`{key}`" not in table} == set()


def test_steps_are_those_of_the_code() -> None:
    """The table of what a leg can become."""
    rows = dict(
        re.findall(r"^\| (assigned|offered|accepted|under way|on scene|towing) \| ([^|]+) \|$", PAGE, re.MULTILINE)
    )
    for state, words in rows.items():
        found = {word.strip() for word in re.sub(r"\(.*?\)", "", words).split(",")}
        source = LegState(state.replace(" ", "_"))
        assert found == {to.value.replace("_", " ") for to, sources in ADVANCES.items() if source in sources}, state
    assert len(rows) == 6


def test_clocks_and_figures_are_the_defaults() -> None:
    """Times of the page, as the policy, the options and the code have them."""
    rules, policy, options = Policy.default().clocks, Policy.default(), ServerOptions()
    for kind in ClockKind:
        assert f"| `{kind.value}` |" in PAGE
    for quoted in (
        f"| {rules.filing_minutes:g} min |",
        f"| {rules.assignment_minutes:g} min |",
        f"| {rules.callback_minutes:g} min |",
        f"| {rules.response_minutes / 60:g} h |",
        f"| {rules.resolution_minutes / 60:g} h |",
        f"another {rules.further_minutes / 60:g} hours",
        f"has {policy.offers.seconds:g} seconds",
        f"up to {MOST_COMMANDS} commands",
        f"**Planning again**, {GATHER_S:g} s after something happened and every {ANYWAY_S:g} s",
        f"**Arrivals**, every {TRACK_S:g} s",
        f"within {ENGAGE_S:g} s who is busy",
        f"at most {CHECKPOINT_S:g} s",
        f"{options.max_open_incidents:,} incidents may be open",
        f"{options.commands} changes wait",
        f"for {options.track_days:g} days",
    ):
        assert quoted in PAGE, quoted
    assert (rules.warn_share, policy.live.replan_core, options.retention_s) == (0.25, 0.25, 86_400)
