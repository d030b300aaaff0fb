"""`towline coverage ... --server` over TLS with a token, at a real server with an authority of the test's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from engine.dispatch import Dispatcher
from engine.model import Service
from engine.server import Server, ServerOptions
from engine.server.security import SecuritySettings
from graphs.bundled import load_coquimbo
from tests.engine.server.planning import PlanningClient, fleet, metadata_of
from tests.engine.server.security.makes import Authority, settings, tls, token
from tests.engine.server.wire import NOW, Client

TOWING = ("--service", "towing")
SWEEP = '[when]\nhour = 8\n[sweep]\nremove_each = ["P0001", "P0002"]\n'
RULES = """
crew_hours = 24
calls_per_day = 20
only_bases = true
[[shift]]
starts = [0, 8, 16]
[[base]]
provider = "P0002"
most = 2
"""
MOVABLE = next(each.id for each in fleet().units if Service.TOWING in each.services)


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, authority: Authority) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("keys")
    pair = authority.issue("server")
    security = SecuritySettings(tls=tls(folder, pair), token=settings(folder))
    server = Server(
        {"coquimbo": Dispatcher(load_coquimbo())},
        options=ServerOptions(clock=lambda: NOW, security=security),
        fleets={"coquimbo": fleet()},
    )
    yield server.start()
    server.stop(grace_s=0)


@pytest.fixture
def at(server: Server, authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The server's address; the environment trusts the authority and has a planner's token in a file."""
    (tmp_path / "ca.pem").write_bytes(authority.cert)
    (tmp_path / "token").write_text(token("planner", sub="desk-7"))
    monkeypatch.setenv("TOWLINE_TLS_CA", str(tmp_path / "ca.pem"))
    monkeypatch.setenv("TOWLINE_TOKEN_FILE", str(tmp_path / "token"))
    (tmp_path / "sweep.toml").write_text(SWEEP)
    (tmp_path / "rules.toml").write_text(RULES)
    monkeypatch.chdir(tmp_path)
    return f"https://127.0.0.1:{server.port}"


@pytest.mark.parametrize(
    ("asked", "key"),
    [
        (("evaluate", *TOWING, "--calls-per-day", "50"), "expected"),
        (("compare", "sweep.toml", *TOWING), "scenarios"),
        (("site", *TOWING, "--candidates-every-cell", "4", "--sites", "1"), "chosen"),
        (("standby", *TOWING, "--unit", MOVABLE, "--cells", "3", "--moves", "1"), "moves"),
        (("shifts", "rules.toml", *TOWING, "--gap", "0.9", "--no-play"), "shifts"),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_every_command(towline_json: Callable[..., Any], at: str, asked: tuple[str, ...], key: str):
    """The token goes with each call: asking, waiting, reading names of regions and units."""
    assert key in towline_json("coverage", *asked, "--server", at)


def test_whose_it_is(towline_json: Callable[..., Any], server: Server, at: str, authority: Authority):
    """Operations are the token's subject's; the admin sees them."""
    import grpc

    towline_json("coverage", "evaluate", *TOWING, "--server", at)
    credentials = grpc.ssl_channel_credentials(authority.cert)
    with grpc.secure_channel(f"127.0.0.1:{server.port}", credentials) as channel:
        admin = PlanningClient(
            Client(server.port, channel).channel, [("authorization", f"Bearer {token('admin', sub='root')}")]
        )
        assert {metadata_of(each).subject for each in admin.list().operations} == {"desk-7"}


@pytest.mark.parametrize(
    ("bearer", "words"),
    [
        (None, "set TOWLINE_TOKEN"),
        (token("auditor"), "is for admin, dispatcher, planner"),
        (token("planner", exp=1_000_000_000), "taken from TOWLINE_TOKEN"),
        ("nonsense", "taken from TOWLINE_TOKEN"),
    ],
    ids=["none", "auditor", "expired", "nonsense"],
)
def test_who_may_not(
    towline: Callable[..., Result], at: str, bearer: str | None, words: str, monkeypatch: pytest.MonkeyPatch
):
    """A typed error that says what is missing, and exit code 2 or 3; nothing is begun."""
    monkeypatch.delenv("TOWLINE_TOKEN_FILE")
    if bearer is not None:
        monkeypatch.setenv("TOWLINE_TOKEN", bearer)
    result = towline("coverage", "evaluate", *TOWING, "--server", at, "--region", "coquimbo")
    assert result.exit_code in (2, 3), result.stderr
    assert words in " ".join(result.stderr.split())


def test_whom_to_trust(towline: Callable[..., Result], at: str, tmp_path: Path):
    """A server of another authority is told as such, not as a bug."""
    (tmp_path / "ca.pem").write_bytes(Authority("other").cert)
    result = towline("coverage", "evaluate", *TOWING, "--server", at)
    assert result.exit_code == 3
    assert "TOWLINE_TLS_CA" in result.stderr
