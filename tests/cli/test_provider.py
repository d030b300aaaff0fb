"""What a provider gets from the commands that ask a secured server, with a token of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from towline.v1 import incident_service_pb2 as pb
from typer.testing import Result

from engine.dispatch import Dispatcher
from engine.model import Fleet, Location, Provider, Service, Unit
from engine.server import Server, ServerOptions
from engine.server.security import SecuritySettings
from graphs.bundled import load_coquimbo
from tests.engine.server.security.makes import settings, token
from tests.engine.server.wire import LAT, LON, NOW, REGION, Client, incident


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """With one incident, of the only provider that has a unit."""
    options = ServerOptions(
        clock=lambda: NOW, security=SecuritySettings(token=settings(tmp_path_factory.mktemp("keys")))
    )
    unit = Unit("u0", "p1", Location(LON, LAT), frozenset(Service))
    fleets = {"coquimbo": Fleet((Provider("p1"), Provider("p2")), (unit,))}
    server = Server({"coquimbo": Dispatcher(load_coquimbo())}, options=options, fleets=fleets).start()
    client = Client(server.port)
    desk = [("authorization", f"Bearer {token('dispatcher')}")]
    client.incidents.CreateIncident(pb.CreateIncidentRequest(parent=REGION, incident=incident("i1")), metadata=desk)
    yield server
    server.stop(grace_s=0)


@pytest.fixture
def of(server: Server, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], list[str]]:
    """Makes the environment a provider's, and says where to ask."""

    def become(provider: str) -> list[str]:
        monkeypatch.setenv("TOWLINE_TOKEN", token("provider", provider=provider))
        return ["--server", f"127.0.0.1:{server.port}"]

    return become


def test_what_is_its_own(towline: Callable[..., Result], towline_json: Callable[..., Any], of: Any):
    """It names the region, and sees the incidents that it has: in the list, the queue and as a story."""
    for provider, ids in (("p1", ["i1"]), ("p2", [])):
        at = [*of(provider), "--region", "coquimbo"]
        listed = towline_json("incidents", "list", *at)["incidents"]
        assert [row["name"].rpartition("/")[2] for row in listed] == ids
        assert [row["id"] for row in towline_json("watch", "--once", *at)["incidents"]] == ids
    at = [*of("p1"), "--region", "regions/coquimbo"]
    story = towline_json("incidents", "show", "i1", *at)
    assert (story["decisions"], story["incident"]["name"]) == ([], f"{REGION}/incidents/i1")
    assert story["events"]
    result = towline("incidents", "show", "i1", *at)
    assert result.exit_code == 0, result.output


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["incidents", "list"], "INVALID_OPTION"),
        (["watch", "--once"], "INVALID_OPTION"),
        (["incidents", "decisions", "i1", "--region", "coquimbo"], "PERMISSION_DENIED"),
        (["report", "overdue", "--region", "coquimbo"], "PERMISSION_DENIED"),
    ],
)
def test_what_is_not(towline_json: Callable[..., Any], of: Any, arguments: list[str], reason: str):
    """Without a region it is asked to name it; what its role may not read is refused."""
    assert towline_json(*arguments, *of("p1"), exit_code=2)["error"]["reason"] == reason
