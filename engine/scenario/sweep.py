"""Sweeps: the product of lists of values, counted first and then expanded one by one."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from engine.errors import ScenarioError
from engine.scenario.model import ALL_PROVIDERS, AddProvider, RemoveProvider
from engine.scenario.problems import Problems
from engine.scenario.scenario import Scenario

#: More variants than that take hours; whoever wants them says so.
MOST_VARIANTS = 10_000
REMOVED = "remove"


@dataclass(frozen=True, slots=True)
class Variant:
    """One scenario of a sweep, and the values that make it: ``(("when.hour", 3), ("remove", "P7"))``."""

    scenario: Scenario
    values: tuple[tuple[str, Any], ...] = ()

    def __str__(self) -> str:
        """``when.hour 3, remove P7``."""
        return told_values(self.values)


def told_values(values: tuple[tuple[str, Any], ...]) -> str:
    """Values of a sweep, as people read them."""
    return ", ".join(f"{name} {value:g}" if isinstance(value, float) else f"{name} {value}" for name, value in values)


def count_variants(scenario: Scenario, provider_ids: Collection[str] = ()) -> int:
    """How many scenarios a sweep makes, 1 without one; nothing is expanded."""
    return math.prod(len(values) for _, values in _axes(scenario, provider_ids))


def refuse_sweep(scenario: Scenario | None) -> None:
    """ScenarioError, with its line, for a sweep where one question is asked."""
    if scenario is not None and scenario.sweep is not None:
        problems = Problems(scenario.places)
        problems.add(
            ("sweep",),
            "makes many scenarios, and one is asked for: use `towline coverage compare` or CompareCoverage (in "
            "Python run_sweep), or take the sweep out",
        )
        problems.raise_if_any()


def variants(
    scenario: Scenario,
    provider_ids: Collection[str] = (),
    most: int = MOST_VARIANTS,
    numbers: Iterable[int] | None = None,
) -> Iterator[Variant]:
    """The scenarios of a sweep, made as they are asked for; the scenario itself without one. All, or some ``numbers``.

    In the order of `SWEPT`, the last key changing fastest, ``remove_each`` (of ``provider_ids``) fastest of all.
    Raises ScenarioError at once when there are more than ``most``.
    """
    axes = _axes(scenario, provider_ids)
    count = math.prod(len(values) for _, values in axes)
    if count > most:
        sizes = " x ".join(f"{len(values):,} of {name}" for name, values in axes)
        place = scenario.places.get(("sweep",))
        where = f"{place}: " if place else ""
        raise ScenarioError(
            f"{where}the sweep makes {count:,} scenarios ({sizes}), more than {most:,}; shorten a list, or allow more "
            "(--most of `towline coverage compare`)",
            count=count,
            most=most,
        )
    plain = scenario.changed(sweep=None)
    return (_variant(plain, _values(axes, number)) for number in (range(count) if numbers is None else numbers))


def _values(axes: list[tuple[str, Sequence[Any]]], number: int) -> tuple[tuple[str, Any], ...]:
    """Those of the variant with a number."""
    found = []
    for name, values in reversed(axes):
        number, at = divmod(number, len(values))
        found.append((name, values[at]))
    return tuple(reversed(found))


def _axes(scenario: Scenario, provider_ids: Collection[str]) -> list[tuple[str, Sequence[Any]]]:
    if scenario.sweep is None:
        return []
    values: Any = scenario.sweep.values  # pairs, once it is a scenario's
    axes: list[tuple[str, Sequence[Any]]] = list(values)
    each: Any = scenario.sweep.remove_each
    if each == (ALL_PROVIDERS,):
        gone = {change.id for change in scenario.providers if isinstance(change, RemoveProvider)}
        added = [change.id for change in scenario.providers if isinstance(change, AddProvider)]
        each = tuple(name for name in dict.fromkeys((*provider_ids, *added)) if name not in gone)
    if each is not None:
        axes.append((REMOVED, each))
    return axes


def _variant(plain: Scenario, values: tuple[tuple[str, Any], ...]) -> Variant:
    found = plain
    for name, value in values:
        if name == REMOVED:
            found = without_provider(found, value)
            continue
        table, key = name.split(".")
        changed = {key: value, "hours": None} if name == "when.hour" else {key: value}
        found = found.changed(**{table: replace(getattr(found, table), **changed)})
    return Variant(found, values)


def without_provider(scenario: Scenario, provider: str) -> Scenario:
    """The same without a provider, whatever else it says about that one: who was added is not there at all."""
    added = any(isinstance(change, AddProvider) and change.id == provider for change in scenario.providers)
    others = tuple(change for change in scenario.providers if change.id != provider)
    shifts = tuple(shift for shift in scenario.shifts if shift.provider != provider)
    return scenario.changed(
        providers=others if added else (*others, RemoveProvider(provider)), shifts=shifts, places={}
    )
