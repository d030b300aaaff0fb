"""docs/scenarios.md says what is so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from engine.policy import Policy
from engine.scenario import check, parse_scenario
from engine.scenario.form import KEYS, keyed_fields
from engine.scenario.model import (
    SWEPT,
    AddProvider,
    Closure,
    DemandArea,
    DemandChange,
    MoveProvider,
    PromiseMinutes,
    RemoveProvider,
    ResizeProvider,
    Shift,
    SpeedFactor,
    When,
)
from graphs.bundled import load_coquimbo

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "scenarios.md").read_text("utf-8")
TABLES = {
    "`[when]`": When,
    "`[promise]`": PromiseMinutes,
    "`remove`:": RemoveProvider,
    "`add`:": AddProvider,
    "`move`:": MoveProvider,
    "`resize`:": ResizeProvider,
    "`[[shift]]`": Shift,
    "`[[close]]`": Closure,
    "`[[speed]]`": SpeedFactor,
    "`[demand]`": DemandChange,
    "`[[demand.area]]`": DemandArea,
}


def rows(title: str) -> dict[str, str]:
    """By key the default, of the table after the paragraph that begins with a title."""
    table = PAGE.split(f"\n{title}", 1)[1].split("|---|---|---|---|\n", 1)[1].split("\n\n", 1)[0]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()]
    return {row[0].strip("`"): row[2] for row in cells}


def test_the_example_is_a_scenario_of_coquimbo() -> None:
    """The first block is read and fits the region; its canonical form is the same scenario."""
    scenario = parse_scenario(PAGE.split("```toml\n")[1].split("```")[0])
    checked = check(scenario, load_coquimbo(), ["P1", "P2", "P3"], Policy.default())
    assert len(checked.moments) == 4
    assert parse_scenario(scenario.to_toml()) == scenario


def test_the_example_in_python_runs_as_it_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    """From the repository's root."""
    monkeypatch.chdir(ROOT)
    exec(compile(PAGE.split("```python\n")[1].split("```")[0], "docs/scenarios.md", "exec"), {})


@pytest.mark.parametrize("title", TABLES)
def test_every_key_is_in_its_table(title: str) -> None:
    """No key more and none less; those that must be there are marked, and defaults are the code's."""
    said = rows(title)
    fields = keyed_fields(TABLES[title])
    assert set(said) == {name for name, _ in fields}
    for name, item in fields:
        assert (said[name] == "needed") == item.metadata["needed"], name
        if not item.metadata["needed"] and item.default is not None:
            number = isinstance(item.default, int | float)
            assert said[name].strip("`") == (f"{item.default:g}" if number else str(item.default)), name


def test_all_tables_are_described() -> None:
    """Every key of a file's top, and all that can be swept, in its order."""
    titles = set(re.findall(r"^`\[+(\w+)\]+`:", PAGE, re.MULTILINE))
    assert {*titles, *rows("At the top")} == set(KEYS)
    assert [name for name in rows("`[sweep]`") if name != "remove_each"] == list(SWEPT)
