"""Which role may call what."""

from __future__ import annotations

import pytest
from google.longrunning import operations_pb2

from engine.errors import PermissionDeniedError
from engine.server.security.identity import ANONYMOUS, Identity, Role
from engine.server.security.methods import PREFIX, ROLES, authorize, roles_of
from tests.proto.descriptors import methods

OPERATIONS = {
    f"/google.longrunning.Operations/{method.name}"
    for method in operations_pb2.DESCRIPTOR.services_by_name["Operations"].methods
}
NAMES = {f"{method.containing_service.name}/{method.name}" for method in methods()} | OPERATIONS
OWN = {
    "FleetService/GetProvider",
    "FleetService/GetUnit",
    "FleetService/ListUnits",
    "FleetService/ReportPositions",
    "FleetService/StreamPositions",
    "IncidentService/GetIncident",
    "IncidentService/ListIncidents",
    "IncidentService/AcceptOffer",
    "IncidentService/DeclineOffer",
    "IncidentService/AdvanceIncident",
    "WatchService/WatchEvents",
    "WatchService/WatchTelemetry",
}


def who(*roles: Role, provider: str | None = None) -> Identity:
    return Identity("s", frozenset(roles), provider)


def full(name: str) -> str:
    return name if name.startswith("/") else PREFIX + name


def test_every_method_is_listed() -> None:
    """A new method needs a decision who may call it; one that is gone needs none."""
    assert set(ROLES) == NAMES


def test_unlisted_methods_are_the_admins() -> None:
    """Nobody else gets at something that was forgotten."""
    assert roles_of(PREFIX + "NewService/Something") == {Role.ADMIN}


def test_a_provider_reaches_its_own_only() -> None:
    """The provider's methods are those that keep apart what belongs to whom."""
    assert {name for name, roles in ROLES.items() if Role.PROVIDER in roles} == OWN


def test_an_auditor_changes_nothing() -> None:
    """All that an auditor may call reads."""
    mine = {name.rpartition("/")[2] for name, roles in ROLES.items() if Role.AUDITOR in roles}
    assert all(name.startswith(("Get", "List")) or name in READING for name in mine), mine


READ = (("Get", ""), ("List", "s"), ("Wait", ""))
READING = ("CheckPlan", "Route", "Snap", "Isochrone", "WatchEvents", "WaitOperation")


@pytest.mark.parametrize("name", sorted(NAMES))
def test_admin_may_everything_and_nobody_nothing(name: str) -> None:
    """Also the anonymous caller of a server without security; a caller without roles may nothing."""
    assert authorize(ANONYMOUS, full(name)).own is None
    with pytest.raises(PermissionDeniedError):
        authorize(who(), full(name))


def test_planning_is_for_those_who_think() -> None:
    """Coverage and its operations: planners, dispatchers and the admin; auditors read the operations."""
    planning = {
        name for name in NAMES if name in OPERATIONS or name.startswith(("CoverageService/", "PlanningService/"))
    }
    assert len(planning) == 10
    thinking = {Role.ADMIN, Role.PLANNER, Role.DISPATCHER}
    read = {f"/google.longrunning.Operations/{name}Operation{more}" for name, more in READ}
    for name in planning:
        assert roles_of(full(name)) == (thinking | {Role.AUDITOR} if name in read else thinking), name


def test_another_role_lifts_the_bound_to_ones_own() -> None:
    """A provider that is an auditor too sees all units, but moves only its own."""
    both = who(Role.PROVIDER, Role.AUDITOR, provider="p1")
    assert authorize(both, PREFIX + "FleetService/ListUnits").own is None
    assert authorize(both, PREFIX + "FleetService/ReportPositions").own == "p1"


def test_a_provider_must_be_somebody() -> None:
    """The role alone does not say whose units are its own."""
    with pytest.raises(PermissionDeniedError, match="which one"):
        authorize(who(Role.PROVIDER), PREFIX + "FleetService/ListUnits")
