"""`towline incidents`: lists, stories, decisions."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from towline.v1 import enums_pb2
from towline.v1 import incident_service_pb2 as pb
from typer.testing import Result

from engine.dispatch import Dispatcher
from engine.server import Server
from graphs.bundled import load_coquimbo
from tests.cli.conftest import widest
from tests.cli.test_watch import begin, create
from tests.engine.server.wire import REGION, Client

Run = Callable[..., Result]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """With an incident that has seen a lot, one that was cancelled, and a draft."""
    place: Path = tmp_path_factory.mktemp("incidents") / "ledger.db"
    server = begin(Dispatcher(load_coquimbo()), place)
    client = Client(server.port)
    made = create(client, "busy", 40)
    other = next(f"u{k}" for k in range(4) if not made.legs[0].unit.endswith(f"u{k}"))
    provider = f"p{int(other[1:]) % 2}"
    unit = f"{REGION}/providers/{provider}/units/{other}"
    request = pb.AssignUnitRequest(name=made.name, unit=unit, reason="[b]she asked[/b] for them", accepted=True)
    client.incidents.AssignUnit(request)
    client.incidents.AdvanceIncident(
        pb.AdvanceIncidentRequest(name=made.name, unit=unit, state=enums_pb2.LEG_STATE_UNDER_WAY)
    )
    create(client, "over", 3)
    cancel = pb.CancelIncidentRequest(name=f"{REGION}/incidents/over", reason="started by itself")
    client.incidents.CancelIncident(cancel)
    create(client, "draft", 1, draft=True)
    yield server
    server.stop(grace_s=0)


@pytest.fixture
def at(server: Server) -> list[str]:
    return ["--server", f"127.0.0.1:{server.port}"]


def test_list(towline: Run, towline_json: Callable[..., Any], at: list[str]):
    """Open ones; all; by state; cut where told."""
    result = towline("incidents", "list", *at)
    assert result.exit_code == 0, result.output
    assert "busy" in result.stdout
    assert "over" not in result.stdout
    assert widest(result.stdout) <= 80

    def names(*arguments: str) -> list[str]:
        found = towline_json("incidents", "list", *at, *arguments)
        return [each["name"].rpartition("/")[2] for each in found["incidents"]]

    assert names() == ["busy", "draft"]
    assert names("--all") == ["busy", "over", "draft"]
    assert names("--state", "cancelled", "--state", "received") == ["over", "draft"]
    assert names("--all", "--limit", "1") == ["busy"]
    assert names("--at-risk") == ["busy"]
    assert names("--all", "--until", "2020-01-01T00:00Z") == []
    assert "No incidents" in towline("incidents", "list", *at, "--customer", "nobody").stdout
    assert "more than these 1" in towline("incidents", "list", *at, "--limit", "1").stdout


def test_show(towline: Run, towline_json: Callable[..., Any], at: list[str]):
    """The story has every event with its time, actor and reason, the clocks, and why that unit."""
    found = towline_json("incidents", "show", "busy", *at)
    kinds = [event["kind"].removeprefix("EVENT_KIND_").lower() for event in found["events"]]
    assert kinds[:3] == ["incident_received", "incident_filed", "unit_assigned"]
    assert "unit_under_way" in kinds
    assert found["events"][-1]["number"] == found["incident"]["event_number"]
    assert len(found["decisions"]) == 2
    result = towline("incidents", "show", f"{REGION}/incidents/busy", *at)
    assert result.exit_code == 0, result.output
    assert "[b]she asked[/b] for them" in " ".join(result.stdout.split())
    assert "late by" in result.stdout
    assert "unit under way u" in result.stdout
    assert widest(result.stdout) <= 80


def test_decisions(towline: Run, towline_json: Callable[..., Any], at: list[str]):
    """The chosen unit and the runners-up with why each lost, in English or Chinese."""
    made = towline_json("incidents", "decisions", "busy", *at)["decisions"]
    assert [each["chosen_by"] for each in made] == ["immediate", "anonymous"]
    assert made[0]["recommendation"]["runners_up"]
    shown = towline("incidents", "decisions", "busy", *at)
    assert "chosen: immediate" in shown.stdout
    assert widest(shown.stdout) <= 80
    assert "分钟" in towline("incidents", "decisions", "busy", *at, "--lang", "zh").stdout
    assert "No unit was ever chosen" in towline("incidents", "decisions", "draft", *at).stdout


@pytest.mark.parametrize(
    ("arguments", "reason", "code"),
    [
        (["show", "none"], "NOT_FOUND", 2),
        (["decisions", "none"], "NOT_FOUND", 2),
        (["list", "--state", "lost"], "INVALID_OPTION", 2),
        (["list", "--since", "noon"], "INVALID_TIME", 2),
        (["list", "--region", "atlantis"], "REGION_NOT_FOUND", 3),
        (["file", "nowhere", "--service", "towing"], "INVALID_OPTION", 2),
        (["file", "-71.25,-29.91", "--service", "cooking"], "INVALID_OPTION", 2),
        (["file", "-71.25,-29.91", "--service", "towing", "--requires", "wings"], "INVALID_OPTION", 2),
        (["file", "-71.25,-29.91", "--service", "towing", "--priority", "top"], "INVALID_OPTION", 2),
        (["file", "-71.25,-29.91@500", "--service", "towing"], "INVALID_HEADING", 2),
        (["file", "-71.25,-29.91", "--service", "towing", "--request-id", "x" * 200], "INVALID_REQUEST_ID", 2),
        (["file", "10,50", "--service", "towing"], "LOCATION_OUTSIDE_REGION", 2),
        (["file", "G2 K123+400 northbound", "--service", "towing"], "POSTS_NOT_CONFIGURED", 2),
    ],
)
def test_mistakes(towline_json: Callable[..., Any], at: list[str], arguments: list[str], reason: str, code: int):
    """Each mistake has its reason."""
    assert towline_json("incidents", *arguments, *at, exit_code=code)["error"]["reason"] == reason


def test_file(towline: Run, towline_json: Callable[..., Any], at: list[str]):
    """The unit that was chosen and why not the others; the same request is filed once; what is wanted is sent."""
    told = ["file", "-71.25,-29.91", "--service", "towing", *at]
    result = towline("incidents", *told, "--priority", "high", "--requires", "electric")
    assert result.exit_code == 0, result.output
    assert "wanted" in result.stdout
    assert "No unit yet: no capable unit." in result.stdout
    assert widest(result.stdout) <= 80
    once = ["--request-id", "0c4f2b9e-5d0f-4f3e-9f53-6a1a54d6f1a1", "--lang", "zh"]
    first, again = (towline_json("incidents", *told, *once) for _ in range(2))
    assert first["incident"]["name"] == again["incident"]["name"]
    assert first["incident"]["legs"][0]["unit"]
    assert first["decisions"][0]["recommendation"]["best"]["unit"] == first["incident"]["legs"][0]["unit"]
    shown = towline("incidents", "file", "-71.25,-29.91@90", "--service", "breakdown repair", *at)
    assert "chosen: immediate" in shown.stdout
    follow = shown.stdout.partition("What becomes of it:\n")[2]
    assert shlex.split(follow)[:3] == ["towline", "incidents", "show"]
    assert towline(*shlex.split(follow)[1:]).exit_code == 0, "can be pasted as it stands"
    made = towline_json("incidents", "show", shown.stdout.split()[0], *at)["incident"]
    assert made["location"]["heading_deg"] == 90
    assert made["service"] == "SERVICE_BREAKDOWN_REPAIR"


def test_file_a_booking(towline_json: Callable[..., Any], at: list[str]):
    """Everything that an operator is told on the telephone can be said."""
    wanted = (datetime.now(UTC) + timedelta(days=2)).replace(microsecond=0)
    place, to, ref = "-71.25,-29.91", "-71.25,-29.96", "C-77"
    options = ["--drop-off", to, "--earliest", wanted.isoformat(), "--units", "2", "--customer", ref]
    options += ["--latest", (wanted + timedelta(hours=1)).isoformat()]
    made = towline_json("incidents", "file", place, "--service", "airport_transfer", *options, *at)["incident"]
    assert made["drop_off"]["lat"] == -29.96
    assert datetime.fromisoformat(made["earliest"]) == wanted
    assert datetime.fromisoformat(made["latest"]) == wanted + timedelta(hours=1)
    assert (len(made["legs"]), made["customer"]) == (2, ref)
    why = towline_json("incidents", "file", place, "--service", "towing", "--earliest", "soon", *at, exit_code=2)
    assert (why["error"]["reason"], "--earliest" in why["error"]["message"]) == ("INVALID_TIME", True)
