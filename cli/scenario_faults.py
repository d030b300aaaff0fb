"""What a server says of the scenarios that were sent, in words of their files: file, line and key of every problem."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from cli.calling import details_of

if TYPE_CHECKING:
    from google.rpc.status_pb2 import Status

    from engine.errors import ScenarioError
    from engine.scenario import Scenario
    from engine.scenario.lines import Path
    from engine.scenario.problems import Problems

_FIELD = re.compile(r"scenario(?:s\[(\d+)\])?\.toml(?:\.(.+))?")
_KEY = r"[A-Za-z0-9_-]+(?:\[\d+\])*"
_LINE = re.compile(r"line \d+: ")
#: Another key and its line, as messages name it.
_OTHER = re.compile(rf"({_KEY}(?:\.{_KEY})*) \((?:, )?line \d+\)")


def refused_scenario(status: Status, scenarios: Sequence[Scenario]) -> ScenarioError | None:
    """Of a refusal that is about one of them, the problems as its file has them; else None.

    The server counts lines of the text that it was sent: includes joined, comments gone. Keys are the same.
    """
    from engine.errors import ScenarioError
    from engine.scenario.problems import Problems

    info, wrong = details_of(status)
    found = [_FIELD.fullmatch(each.field) for each in wrong.field_violations]
    if info.reason != ScenarioError.reason or not found or None in found:
        return None
    told: dict[int, Problems] = {}
    for violation, field in zip(wrong.field_violations, filter(None, found), strict=True):
        number = int(field[1] or 0)
        if number >= len(scenarios):
            return None
        problems = told.setdefault(number, Problems(scenarios[number].places, _file(scenarios[number])))
        message = _named(violation.description, problems)
        problems.add(path_of(field[2] or ""), _LINE.sub("", message, count=1) if _LINE.match(message) else message)
    return _together(list(told.values()), int(info.metadata.get("problems") or 0))


def in_files(message: str, scenario: Scenario) -> str:
    """A message with the places of the keys that it names in the scenario's own files."""
    from engine.scenario.problems import Problems

    return _named(message, Problems(scenario.places, _file(scenario)))


def _named(message: str, known: Problems) -> str:
    return _OTHER.sub(lambda other: known.named(path_of(other[1])), message)


def path_of(key: str) -> Path:
    """``provider[2].lon`` as keys and numbers."""
    return tuple(int(part[1:-1]) if part.startswith("[") else part for part in re.findall(r"\[\d+\]|[^.\[\]]+", key))


def _file(scenario: Scenario) -> str:
    """The file itself, which comes after those it includes."""
    files = [each.file for each in scenario.places.values()]
    return files[-1] if files else ""


def _together(told: Sequence[Problems], count: int) -> ScenarioError:
    """A refusal holds as many problems as there is room for, and says how many there are."""
    from engine.errors import ScenarioError
    from engine.scenario.problems import summary

    problems = tuple(each for one in told for each in one.ordered())
    return ScenarioError(summary(problems, max(count, len(problems))), problems)
