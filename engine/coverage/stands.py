"""Stands: where crews set off from, as arrays. A provider has one for each place and kind of crew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Literal

import numpy as np

from engine.coverage.digest import digest_of
from engine.errors import OptionError
from engine.fleet.state import snap_units, start_location
from engine.fleet.territory import Territories
from engine.model import Capability, Fleet, Provider, Service, Unit, UnitStatus, bits
from engine.policy import Policy
from engine.times import require_zone
from graphs.network import Int32, Int64
from graphs.position import Positions
from graphs.region import Region

MOST_TOLD = 1440
#: Which crews count: every one under contract; those on duty at the time; those that are free at the time.
Crews = Literal["all", "on_duty", "free"]


@dataclass(frozen=True, eq=False)
class Stands:
    """``s`` stands of ``r`` providers."""

    providers: tuple[Provider, ...]  # [r]
    territories: Territories
    provider: Int32  # [s] index into providers
    positions: Positions  # [s]
    crews: Int64  # [s] >= 0
    able: Int64  # [s] services and capabilities, `engine.model.bits`
    mobilisation_ms: Int64  # [s] from the call until the crew drives: until it is told, and its mobilisation
    territory: Int32  # [s] number in territories
    told_ms: int = 0  # of that, until it is told: the same for everybody
    origin: Int64 | None = None  # [s] row in the fleet that a scenario changed, -1: not there, or elsewhere

    def __len__(self) -> int:
        return int(self.provider.size)

    @staticmethod
    def of(
        region: Region,
        fleet: Fleet,
        policy: Policy,
        *,
        crews: Crews = "all",
        at: datetime | None = None,
        told_minutes: float = 0.0,
    ) -> Stands:
        """The units of a fleet where they are, or will be free; raises the error of the first that cannot be used.

        ``crews``: "all" counts every unit whatever it does at the moment; "on_duty" those that are not off duty and
        whose shift holds ``at``; "free" of those the ones that are not busy then. ``told_minutes`` pass from the call
        until a crew is told (filing, assigning, offering): promises count from the call. OptionError if they are
        negative or more than a day.
        """
        if not 0 <= told_minutes <= MOST_TOLD:
            raise OptionError(f"told_minutes must be 0 to {MOST_TOLD}, not {told_minutes}", option="told_minutes")
        told_ms = round(60_000 * told_minutes)
        moment = None if at is None else require_zone(at, field="at")
        numbers = {provider.id: number for number, provider in enumerate(fleet.providers)}
        rows: dict[tuple, int] = {}
        counts: list[int] = []
        first: list[Unit] = []
        for unit in fleet.units:
            if crews != "all" and not on_hand(unit, crews, moment):
                continue
            if crews == "all" and unit.status is not UnitStatus.AVAILABLE:
                unit = replace(unit, status=UnitStatus.AVAILABLE)  # where it is, not where it will be
            able = bits(unit.services, unit.capabilities)
            key = (numbers[unit.provider_id], start_location(unit), able, unit.mobilisation)
            row = rows.setdefault(key, len(rows))
            if row == len(counts):
                counts.append(0)
                first.append(unit)
            counts[row] += 1
        keys = list(rows)
        territories = Territories.of(fleet.providers)
        owner = np.array([key[0] for key in keys], np.int32)
        of_provider = np.array([territories.of_provider[p.id] for p in fleet.providers], np.int32)
        return Stands(
            providers=tuple(fleet.providers),
            territories=territories,
            provider=owner,
            positions=snap_units(region, policy, first),
            crews=np.array(counts, np.int64),
            able=np.array([key[2] for key in keys], np.int64),
            mobilisation_ms=np.array([told_ms + round(key[3].total_seconds() * 1000) for key in keys], np.int64),
            territory=of_provider[owner] if owner.size else np.empty(0, np.int32),
            told_ms=told_ms,
        )

    @cached_property
    def digest(self) -> str:
        """Sixteen hex digits of who stands where with how many crews."""
        who = "\0".join(provider.id for provider in self.providers)
        arrays = (self.provider, self.positions.arc, self.positions.fraction, self.crews, self.able)
        return digest_of(who, *arrays, self.mobilisation_ms, self.territory, self.territories.content)

    def take(self, rows: Int64) -> Stands:
        """Some of the stands, of the same providers."""
        return replace(
            self,
            provider=self.provider[rows],
            positions=self.positions.take(rows),
            crews=self.crews[rows],
            able=self.able[rows],
            mobilisation_ms=self.mobilisation_ms[rows],
            territory=self.territory[rows],
            origin=None if self.origin is None else self.origin[rows],
        )

    def serving(self, service: Service, requires: Sequence[Capability] = ()) -> Int64:
        """Rows of the stands with a crew for a service, and what it requires beyond."""
        need = bits([service], requires)
        return np.flatnonzero((self.able & need == need) & (self.crews > 0))


def on_hand(unit: Unit, crews: Crews, moment: datetime | None) -> bool:
    """Whether a unit is on duty, or free, at a moment."""
    if unit.status is UnitStatus.OFF_DUTY:
        return False
    if moment is not None:
        if unit.shift_start is not None and moment < unit.shift_start:
            return False
        if unit.shift_end is not None and moment >= unit.shift_end:
            return False
    if crews == "free" and unit.status is UnitStatus.BUSY:
        return moment is not None and unit.free_at is not None and unit.free_at <= moment
    return True
