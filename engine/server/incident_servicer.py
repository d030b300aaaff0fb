"""IncidentService: requests become commands of the region's writer; answers are what it made of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import grpc
from google.protobuf.message import Message
from towline.v1 import incident_service_pb2 as pb
from towline.v1 import incident_service_pb2_grpc

from engine.errors import NotFoundError
from engine.live.commands.base import Command
from engine.live.commands.ending import (
    CancelIncident,
    CloseIncident,
    ReopenIncident,
    ReportNoShow,
    ReportWrongLocation,
)
from engine.live.commands.filing import RecordCallback
from engine.live.commands.purge import PurgeCustomer
from engine.live.commands.units import Advance, AnswerOffer, AssignUnit, UnassignUnit
from engine.live.commands.upkeep import AcknowledgeEscalation
from engine.live.records import IncidentRecord
from engine.live.writer import Answer, Asked
from engine.server import incident_commands as commands
from engine.server import outgoing_incident
from engine.server.coming import Coming
from engine.server.hosted import HostedRegion, HostedRegions
from engine.server.incident_decisions import decision_message, list_decisions
from engine.server.incident_listing import list_incidents, visible
from engine.server.incoming_places import location
from engine.server.names import (
    ids,
    incident_name,
    require_region,
    unit_name,
)
from engine.server.options import ServerOptions
from engine.server.replies import content_digest
from engine.server.security import caller, own_provider, require_own
from engine.server.wire_time import read_time
from engine.texts import Language

Tell = Callable[[Answer, str | None], Message]
#: Waited for beyond the caller's deadline: the answer is on disk or it is not, whoever waits.
_LONGEST_S = 60.0


class IncidentServicer(incident_service_pb2_grpc.IncidentServiceServicer):
    """Holds no state: all of it is the region's."""

    def __init__(self, regions: HostedRegions, options: ServerOptions) -> None:
        self._regions, self._led, self._options = regions, regions.led, options

    # -- taking in

    def CreateIncident(self, request: pb.CreateIncidentRequest, context: grpc.ServicerContext) -> Coming:
        digest = content_digest(request)  # before the incident is given a name
        region = self._led.named(request.parent, "parent")
        language = Language.of(request.language_code)
        command = commands.create(
            request,
            region.id,
            region.live.now(),
            self._options.clock(),
            region.dispatcher.posts,
            self._options.max_open_incidents,
        )
        return self._do(
            region, request, context, command, self._taken_in(region, pb.CreateIncidentResponse, language), digest
        )

    def FileIncident(self, request: pb.FileIncidentRequest, context: grpc.ServicerContext) -> Coming:
        digest = content_digest(request)
        region = self._led.get(ids(request.incident.name)[0], "incident.name")
        language = Language.of(request.language_code)
        command = commands.file(request, region.id, region.live.now(), region.dispatcher.posts)
        return self._do(
            region, request, context, command, self._taken_in(region, pb.FileIncidentResponse, language), digest
        )

    def UpdateIncident(self, request: pb.UpdateIncidentRequest, context: grpc.ServicerContext) -> Coming:
        region, incident = self._changed(request.incident.name, "incident.name")
        known = self._known(region, incident)
        command = commands.update(request, known, region.id, region.live.now(), region.dispatcher.posts)
        return self._do(region, request, context, command, _whole(region, pb.UpdateIncidentResponse))

    # -- units

    def AssignUnit(self, request: pb.AssignUnitRequest, context: grpc.ServicerContext) -> Coming:
        region, incident = self._changed(request.name)
        unit = self._unit(region, request.unit)
        command = AssignUnit(
            incident, request.etag, request.reason, unit, request.leg_index, request.accepted, request.force
        )
        return self._do(region, request, context, command, _whole(region, pb.AssignUnitResponse))

    def UnassignUnit(self, request: pb.UnassignUnitRequest, context: grpc.ServicerContext) -> Coming:
        region, incident = self._changed(request.name)
        command = UnassignUnit(incident, request.etag, request.reason, self._unit(region, request.unit))
        return self._do(region, request, context, command, _whole(region, pb.UnassignUnitResponse))

    def AcceptOffer(self, request: pb.AcceptOfferRequest, context: grpc.ServicerContext) -> Coming:
        return self._answer_offer(request, context, True, pb.AcceptOfferResponse, "")

    def DeclineOffer(self, request: pb.DeclineOfferRequest, context: grpc.ServicerContext) -> Coming:
        return self._answer_offer(request, context, False, pb.DeclineOfferResponse, request.reason)

    def AdvanceIncident(self, request: pb.AdvanceIncidentRequest, context: grpc.ServicerContext) -> Coming:
        region, incident = self._changed(request.name)
        require_own(context, ids(request.unit)[1], request.unit)
        if (own := own_provider(context)) is not None:
            self._known(region, incident, own)
        at = self._occurred(region, request)
        command = Advance(
            incident,
            request.etag,
            request.reason,
            self._unit(region, request.unit),
            commands.reached(request.state),
            at,
        )
        return self._do(region, request, context, command, _whole(region, pb.AdvanceIncidentResponse))

    # -- the end

    def CancelIncident(self, request: pb.CancelIncidentRequest, context: grpc.ServicerContext) -> Coming:
        return self._simple(request, context, CancelIncident, pb.CancelIncidentResponse)

    def CloseIncident(self, request: pb.CloseIncidentRequest, context: grpc.ServicerContext) -> Coming:
        return self._simple(request, context, CloseIncident, pb.CloseIncidentResponse)

    def ReportNoShow(self, request: pb.ReportNoShowRequest, context: grpc.ServicerContext) -> Coming:
        return self._simple(request, context, ReportNoShow, pb.ReportNoShowResponse)

    def ReopenIncident(self, request: pb.ReopenIncidentRequest, context: grpc.ServicerContext) -> Coming:
        return self._simple(request, context, ReopenIncident, pb.ReopenIncidentResponse)

    def ReportWrongLocation(self, request: pb.ReportWrongLocationRequest, context: grpc.ServicerContext) -> Coming:
        region, incident = self._changed(request.name)
        place = location(request.location, "location", region.dispatcher.posts)
        command = ReportWrongLocation(incident, request.etag, request.reason, place)
        return self._do(region, request, context, command, _whole(region, pb.ReportWrongLocationResponse))

    # -- notes

    def RecordCallback(self, request: pb.RecordCallbackRequest, context: grpc.ServicerContext) -> Coming:
        region, incident = self._changed(request.name)
        command = RecordCallback(incident, request.etag, "", self._occurred(region, request))
        return self._do(region, request, context, command, _whole(region, pb.RecordCallbackResponse))

    def AcknowledgeEscalation(self, request: pb.AcknowledgeEscalationRequest, context: grpc.ServicerContext) -> Coming:
        region_id, incident, escalation = ids(request.name)
        region = self._led.get(region_id, "name")
        command = AcknowledgeEscalation(incident, "", request.reason, escalation)
        return self._do(region, request, context, command, _whole(region, pb.AcknowledgeEscalationResponse))

    def PurgeCustomer(self, request: pb.PurgeCustomerRequest, context: grpc.ServicerContext) -> Coming:
        region = self._led.named(request.parent, "parent")
        command = PurgeCustomer(request.customer, region.live.ledger, dry=request.validate_only)

        def tell(_answer: Answer, _own: str | None) -> Message:
            return pb.PurgeCustomerResponse(incident_count=command.incidents, event_count=command.events)

        return self._do(region, request, context, command, tell)

    # -- reading

    def GetIncident(self, request: pb.GetIncidentRequest, context: grpc.ServicerContext) -> pb.GetIncidentResponse:
        region, incident = self._incident(request.name)
        mask = commands.read_mask(request.read_mask, request.HasField("read_mask"))
        own = own_provider(context)
        record = self._known(region, incident, own)
        message = outgoing_incident.incident(record, region.id, region.provider_of, own)
        return pb.GetIncidentResponse(incident=commands.masked(message, mask))

    def ListIncidents(
        self, request: pb.ListIncidentsRequest, context: grpc.ServicerContext
    ) -> pb.ListIncidentsResponse:
        region, own = self._regions.named(request.parent, "parent"), own_provider(context)
        mask = commands.read_mask(request.read_mask, request.HasField("read_mask"))
        records, token = list_incidents(region, request, context)
        shown = [region.live.shown(record) for record in records]
        found = [outgoing_incident.incident(record, region.id, region.provider_of, own) for record in shown]
        return pb.ListIncidentsResponse(
            incidents=[commands.masked(message, mask) for message in found], next_page_token=token
        )

    def ListDecisions(
        self, request: pb.ListDecisionsRequest, context: grpc.ServicerContext
    ) -> pb.ListDecisionsResponse:
        region, incident = self._incident(request.parent, "parent")
        self._known(region, incident)
        return list_decisions(region, request, incident)

    # -- common parts

    def _incident(self, name: str, field: str = "name") -> tuple[HostedRegion, str]:
        region, incident = ids(name)
        return self._regions.get(region, field), incident

    def _changed(self, name: str, field: str = "name") -> tuple[HostedRegion, str]:
        """The same of an incident that is to be changed: NotLeaderError where another server leads its region."""
        region, incident = ids(name)
        return self._led.get(region, field), incident

    @staticmethod
    def _known(region: HostedRegion, incident: str, own: str | None = None) -> IncidentRecord:
        """As it was committed last; NotFoundError when there is none, or none that this provider may see."""
        record = region.live.find(incident)
        if record is None or not visible(record, own):
            raise _not_found(incident_name(region.id, incident))
        return record

    @staticmethod
    def _unit(region: HostedRegion, name: str) -> str:
        """Id of a unit of the region, whose name says its provider rightly."""
        found, provider, unit = ids(name)
        require_region(found, region.id, name, "unit")
        known = region.store.snapshot.find(unit)
        if known is None or known.provider_id != provider:
            raise _not_found(unit_name(region.id, provider, unit))
        return unit

    @staticmethod
    def _occurred(region: HostedRegion, request: Any) -> datetime | None:
        if not request.HasField("occurred_at"):
            return None
        return read_time(request.occurred_at, region.live.now(), "occurred_at")

    def _answer_offer(
        self, request: Any, context: grpc.ServicerContext, accepted: bool, reply: type[Message], reason: str
    ) -> Coming:
        region_id, incident, offer = ids(request.name)
        region, own = self._led.get(region_id, "name"), own_provider(context)
        if own is not None:
            record = region.live.find(incident)
            made = next((each for each in record.offers if each.id == offer), None) if record is not None else None
            require_own(context, made.provider if made is not None else "", request.name)
        command = AnswerOffer(incident, "", reason, offer, accepted)
        return self._do(region, request, context, command, _whole(region, reply))

    def _simple(self, request: Any, context: grpc.ServicerContext, command: Any, reply: type[Message]) -> Coming:
        region, incident = self._changed(request.name)
        return self._do(
            region, request, context, command(incident, request.etag, request.reason), _whole(region, reply)
        )

    @staticmethod
    def _taken_in(region: HostedRegion, reply: Any, language: Language) -> Tell:
        def tell(answer: Answer, own: str | None) -> Message:
            assert answer.record is not None
            return reply(
                incident=outgoing_incident.incident(answer.record, region.id, region.provider_of, own),
                decisions=[decision_message(made, region.id, language) for made in answer.decisions],
            )

        return tell

    def _do(
        self,
        region: HostedRegion,
        request: Any,
        context: grpc.ServicerContext,
        command: Command,
        tell: Tell,
        digest: bytes | None = None,
    ) -> Coming:
        """The answer, which comes when it is on disk."""
        own = own_provider(context)
        method = type(request).DESCRIPTOR.name.removesuffix("Request")
        asked = Asked(
            command=command,
            actor=caller(context).subject,
            # one provider's request ids are not another's: it must not be told what that one was answered
            method=method if own is None else f"{method} {own}",
            request_id=request.request_id,
            digest=content_digest(request) if digest is None else digest,
            validate_only=request.validate_only,
            tell=lambda answer: tell(answer, own).SerializeToString(),
        )
        left = context.time_remaining()
        wait_s = _LONGEST_S if left is None else min(left, _LONGEST_S)
        return Coming(region.live.submit(asked), getattr(command, "id", ""), wait_s)


def _whole(region: HostedRegion, reply: Any) -> Tell:
    """The incident as it is after the change; a provider is told what it may see."""

    def tell(answer: Answer, own: str | None) -> Message:
        assert answer.record is not None
        return reply(incident=outgoing_incident.incident(answer.record, region.id, region.provider_of, own))

    return tell


def _not_found(name: str) -> NotFoundError:
    return NotFoundError(f"there is no {name} on this server", name=name)
