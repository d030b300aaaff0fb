"""Announced units within the policy's freeze stay where they are."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from engine.dispatch import Dispatcher
from engine.model import Fleet, Incident, Provider, Service, Unit, UnitStatus
from engine.policy import Policy
from graphs.region import Region
from tests.engine.fleets import NOW, place


def _frozen_for(minutes: float) -> Policy:
    policy = Policy.default()
    return replace(
        policy, stability=replace(policy.stability, freeze_minutes=minutes), cost=replace(policy.cost, plan_change=0.0)
    )


@pytest.mark.parametrize(("minutes", "kept"), [(0.0, False), (600.0, True), (0.001, False)])
def test_a_frozen_unit_is_not_taken_away(coquimbo: Region, minutes: float, kept: bool) -> None:
    """Changes cost nothing and a unit stands at the door: only the freeze keeps the announced one."""
    rng = Random(3)
    spot, far = place(coquimbo, rng), place(coquimbo, rng)
    units = tuple(Unit(name, "p", where, frozenset(Service)) for name, where in (("near", spot), ("far", far)))
    incident = Incident("i", spot, Service.TOWING, received_at=NOW, assigned_unit_id="far")
    dispatcher = Dispatcher(coquimbo, _frozen_for(minutes))
    plan = dispatcher.optimize([incident], dispatcher.prepare(Fleet((Provider("p"),), units)), NOW)
    assert plan.assignments[0].chosen.unit_id == ("far" if kept else "near")
    assert plan.gap == 0


def test_a_frozen_unit_must_be_able(coquimbo: Region) -> None:
    """One that went off duty, or is pinned elsewhere, is replaced as ever; of two incidents the first keeps it."""
    rng = Random(4)
    spots = [place(coquimbo, rng) for _ in range(3)]
    units = [Unit(f"u{n}", "p", spot, frozenset(Service)) for n, spot in enumerate(spots)]
    incidents = [Incident(f"i{n}", spots[n], Service.TOWING, NOW, assigned_unit_id="u2") for n in (0, 1)]
    dispatcher = Dispatcher(coquimbo, _frozen_for(600))

    def served(fleet: list[Unit], asked: list[Incident]) -> dict[str, str]:
        plan = dispatcher.optimize(asked, dispatcher.prepare(Fleet((Provider("p"),), tuple(fleet))), NOW)
        return {answer.incident_id: answer.chosen.unit_id for answer in plan.assignments}

    assert served(units, incidents) == {"i0": "u2", "i1": "u1"}
    off = [*units[:2], replace(units[2], status=UnitStatus.OFF_DUTY)]
    assert served(off, incidents) == {"i0": "u0", "i1": "u1"}
    assert served(units, [incidents[0], replace(incidents[1], pinned=True)]) == {"i0": "u0", "i1": "u2"}
