"""Decisions about incidents as messages of the contract."""

from __future__ import annotations

from datetime import datetime

from towline.v1 import incident_service_pb2 as pb

from engine.live.choosing import DecisionRecord
from engine.live.rows import decision_of, from_us
from engine.live.state import DecisionMade
from engine.server import outgoing
from engine.server.hosted import HostedRegion
from engine.server.wire_time import write_time
from engine.texts import Language, recommendation_in


def decision_message(made: DecisionMade, region: str, language: Language) -> pb.Decision:
    """One that was made just now."""
    return _message(made.number, made.at, made.recommendation, region, language)


def decisions_of(region: HostedRegion, incident: str, language: Language) -> list[pb.Decision]:
    """All of an incident, oldest first, as the ledger has them."""
    return [
        _message(row.number, from_us(row.at_us), decision_of(row.record), region.id, language)
        for row in region.live.ledger.decisions(incident)
    ]


def _message(number: int, at: datetime, record: DecisionRecord, region: str, language: Language) -> pb.Decision:
    return pb.Decision(
        event_number=number,
        at=write_time(at),
        leg_index=record.leg,
        recommendation=outgoing.recommendation(recommendation_in(record.recommendation, language), region),
        chosen_by=record.chosen_by,
    )
