"""Decisions about incidents as messages of the contract."""

from __future__ import annotations

from datetime import datetime

from towline.v1 import incident_service_pb2 as pb

from engine.ledger.rows import DecisionRow
from engine.live.choosing import DecisionRecord
from engine.live.rows import decision_of
from engine.live.state import DecisionMade
from engine.server import outgoing
from engine.server.hosted import HostedRegion
from engine.server.paging import page
from engine.server.wire_time import write_time
from engine.texts import Language, recommendation_in
from engine.times import from_us


def decision_message(made: DecisionMade, region: str, language: Language) -> pb.Decision:
    """One that was made just now."""
    return _message(made.number, made.at, made.recommendation, region, language)


def list_decisions(region: HostedRegion, request: pb.ListDecisionsRequest, incident: str) -> pb.ListDecisionsResponse:
    """A page of an incident's, oldest first, as the ledger has them; see `paging.page` for errors."""
    language = Language.of(request.language_code)
    made = {_key(row): row for row in region.live.ledger.decisions(incident)}
    chosen, token = page(list(made), request.page_size, request.page_token, f"ListDecisions {request.parent}")
    rows = [made[key] for key in chosen]
    return pb.ListDecisionsResponse(
        decisions=[
            _message(row.number, from_us(row.at_us), decision_of(row.record), region.id, language) for row in rows
        ],
        next_page_token=token,
    )


def _key(row: DecisionRow) -> str:
    """Sorts as the numbers do."""
    return f"{row.number:020}"


def _message(number: int, at: datetime, record: DecisionRecord, region: str, language: Language) -> pb.Decision:
    return pb.Decision(
        event_number=number,
        at=write_time(at),
        leg_index=record.leg,
        recommendation=outgoing.recommendation(recommendation_in(record.recommendation, language), region),
        chosen_by=record.chosen_by,
    )
