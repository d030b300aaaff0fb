"""Which roles may call which method. A method that is not listed is the admin's alone."""

from __future__ import annotations

from engine.errors import PermissionDeniedError
from engine.server.security.identity import Admitted, Identity, Role

PREFIX = "/towline.v1."

_A, _D, _P, _U, _V = Role.ADMIN, Role.DISPATCHER, Role.PLANNER, Role.AUDITOR, Role.PROVIDER
_ADMIN = frozenset({_A})
_RUN = frozenset({_A, _D})
_THINK = frozenset({_A, _D, _P})
_ASK = frozenset({_A, _D, _P, _U})
_ASK_OWN = _ASK | {_V}
_RUN_OWN = _RUN | {_V}

#: By full name without `PREFIX`. Where a provider may call, it reaches only what is its own; of operations everybody
#: but admin and auditor does.
ROLES: dict[str, frozenset[Role]] = {
    "DispatchService/Optimize": _THINK,
    "DispatchService/Recommend": _THINK,
    "DispatchService/OfferSlots": _THINK,
    "DispatchService/CheckPlan": _ASK,
    "EtaService/Matrix": _THINK,
    "EtaService/StreamMatrix": _THINK,
    "EtaService/Route": _ASK,
    "EtaService/Snap": _ASK,
    "EtaService/Isochrone": _ASK,
    "FleetService/BatchUpsertProviders": _RUN,
    "FleetService/BatchUpsertUnits": _RUN,
    "FleetService/DeleteProvider": _RUN,
    "FleetService/DeleteUnit": _RUN,
    "FleetService/GetProvider": _ASK_OWN,
    "FleetService/ListProviders": _ASK,
    "FleetService/GetUnit": _ASK_OWN,
    "FleetService/ListUnits": _ASK_OWN,
    "FleetService/ReportPositions": _RUN_OWN,
    "FleetService/StreamPositions": _RUN_OWN,
    "RegionService/GetRegion": _ASK,
    "RegionService/ListRegions": _ASK,
    "RegionService/UpdateTraffic": _RUN,
    "RegionService/StreamTraffic": _RUN,
    "RegionService/GetTraffic": _ASK,
    "RegionService/ListTraffic": _ASK,
    "RegionService/ClearTraffic": _RUN,
    "RegionService/SetWeather": _RUN,
    "IncidentService/CreateIncident": _RUN,
    "IncidentService/GetIncident": _ASK_OWN,
    "IncidentService/ListIncidents": _ASK_OWN,
    "IncidentService/UpdateIncident": _RUN,
    "IncidentService/FileIncident": _RUN,
    "IncidentService/AssignUnit": _RUN,
    "IncidentService/UnassignUnit": _RUN,
    "IncidentService/AcceptOffer": _RUN_OWN,
    "IncidentService/DeclineOffer": _RUN_OWN,
    "IncidentService/AdvanceIncident": _RUN_OWN,
    "IncidentService/CancelIncident": _RUN,
    "IncidentService/CloseIncident": _RUN,
    "IncidentService/ReportNoShow": _RUN,
    "IncidentService/ReportWrongLocation": _RUN,
    "IncidentService/ReopenIncident": _RUN,
    "IncidentService/RecordCallback": _RUN,
    "IncidentService/AcknowledgeEscalation": _RUN,
    "IncidentService/PurgeCustomer": _ADMIN,
    "IncidentService/ListDecisions": _ASK,
    "WatchService/WatchEvents": _ASK_OWN,
    "WatchService/WatchTelemetry": _RUN_OWN,
    "CoverageService/EvaluateCoverage": _THINK,
    "CoverageService/CompareCoverage": _THINK,
    "PlanningService/ChooseSites": _THINK,
    "PlanningService/AdviseStandby": _THINK,
    "PlanningService/PlanShifts": _THINK,
    **{f"/google.longrunning.Operations/{name}": _ASK for name in ("GetOperation", "ListOperations", "WaitOperation")},
    **{f"/google.longrunning.Operations/{name}": _THINK for name in ("CancelOperation", "DeleteOperation")},
}


def roles_of(method: str) -> frozenset[Role]:
    """The roles that may call a method, by its full name, ``/towline.v1.EtaService/Matrix``."""
    return ROLES.get(method.removeprefix(PREFIX), _ADMIN)


def authorize(identity: Identity, method: str) -> Admitted:
    """The call let in, bound to the caller's own provider when only that role allows it; PermissionDeniedError."""
    allowed = roles_of(method)
    granting = identity.roles & allowed
    if not granting:
        raise PermissionDeniedError(
            f"the caller is {_words(identity.roles) or 'without any role'}; {method.removeprefix('/')} is for "
            f"{_words(allowed)}",
            method=method.removeprefix("/"),
            roles=",".join(sorted(identity.roles)),
            allowed=",".join(sorted(allowed)),
        )
    if granting != {Role.PROVIDER}:
        return Admitted(identity)
    if not identity.provider:
        raise PermissionDeniedError(
            "the caller is a provider, but nothing says which one; set the provider of its token or certificate",
            method=method.removeprefix("/"),
        )
    return Admitted(identity, own=identity.provider)


def _words(roles: frozenset[Role]) -> str:
    return ", ".join(sorted(roles))
