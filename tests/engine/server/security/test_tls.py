"""Encryption and client certificates at a real server."""

from __future__ import annotations

import json
import os
import socket
import ssl
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import grpc
import pytest
from cryptography import x509
from grpc_health.v1 import health_pb2
from towline.v1 import fleet_service_pb2

from engine.errors import CertificateError, InsecureAddressError, OpenAddressError, OptionError
from engine.server import Server, ServerOptions
from engine.server.logs import logger
from engine.server.security import Identity, Role, SecuritySettings
from engine.server.security.guard import Guard
from engine.server.security.tls import Certificates
from graphs.errors import FileMissingError
from tests.engine.server.security.makes import Authority, Pair, settings, tls, token
from tests.engine.server.wire import REGION, Client, code_of, failure

Secured = Callable[..., Server]
OverTls = Callable[..., Client]


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


@pytest.fixture(scope="module")
def pair(authority: Authority) -> Pair:
    return authority.issue("server")


def healthy(client: Client) -> bool:
    return client.health.Check(health_pb2.HealthCheckRequest(), timeout=20).status == 1


def units(client: Client, metadata: list[tuple[str, str]] | None = None) -> int:
    request = fleet_service_pb2.ListUnitsRequest(parent=f"{REGION}/providers/-")
    return len(client.fleet.ListUnits(request, metadata=metadata, timeout=20).units)


def serial(server: Server) -> int:
    """Of the certificate that the server shows to a new connection."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_alpn_protocols(["h2"])
    with (
        socket.create_connection(("127.0.0.1", server.port), 10) as raw,
        context.wrap_socket(raw) as secure,
    ):
        return x509.load_der_x509_certificate(secure.getpeercert(True) or b"").serial_number


def number(pair: Pair) -> int:
    return x509.load_pem_x509_certificate(pair.cert).serial_number


def test_calls_over_tls(secured: Secured, over_tls: OverTls, tmp_path: Path, authority: Authority, pair: Pair) -> None:
    """Clients that trust the authority get through; those that trust another do not."""
    server = secured(SecuritySettings(tls=tls(tmp_path, pair)))
    client = over_tls(server, authority.cert)
    assert healthy(client)
    assert units(client) == 4
    stranger = over_tls(server, Authority("other").cert)
    assert code_of(lambda: healthy(stranger)) is grpc.StatusCode.UNAVAILABLE


def test_plaintext_and_half_open_connections(
    secured: Secured, over_tls: OverTls, tmp_path: Path, authority: Authority, pair: Pair
) -> None:
    """A plain client is told at once, silent and nonsensical ones do no harm: the server goes on answering."""
    server = secured(SecuritySettings(tls=tls(tmp_path, pair)))
    start = time.monotonic()
    plain = Client(server.port)
    assert code_of(lambda: units(plain)) is grpc.StatusCode.UNAVAILABLE
    assert time.monotonic() - start < 10
    half = [socket.create_connection(("127.0.0.1", server.port), 10) for _ in range(50)]
    try:
        for number_, open_ in enumerate(half):
            if number_ % 3 == 1:
                open_.sendall(b"\x16\x03\x01\x02\x00\x01")  # the beginning of a handshake
            elif number_ % 3 == 2:
                open_.sendall(b"GET / HTTP/1.1\r\n\r\n")
        client = over_tls(server, authority.cert)
        assert units(client) == 4
    finally:
        for open_ in half:
            open_.close()
    assert healthy(client)


def test_certificates_change_without_a_restart(
    secured: Secured, over_tls: OverTls, tmp_path: Path, authority: Authority, pair: Pair
) -> None:
    """New files hold for new connections, open ones go on; a half-written pair leaves the old one in force."""
    files = tls(tmp_path, pair)
    server = secured(SecuritySettings(tls=files))
    client = over_tls(server, authority.cert)
    assert healthy(client)
    fresh = authority.issue("server")
    files.cert.write_bytes(fresh.cert)
    assert serial(server) == number(pair)
    files.key.write_bytes(fresh.key)
    assert serial(server) == number(fresh)
    assert healthy(client)
    files.cert.unlink()
    assert serial(server) == number(fresh)
    stamp = files.key.stat()
    files.cert.write_bytes(pair.cert)
    files.key.write_bytes(pair.key)
    for path in (files.cert, files.key):
        os.utime(path, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    server.reload()
    assert serial(server) == number(pair)


def test_a_certificate_is_taken_when_it_begins_to_hold(
    secured: Secured, tmp_path: Path, authority: Authority, pair: Pair, lines: list[str]
) -> None:
    """Put there early, it leaves the one before in force, which is told once; from its first second on it is shown."""
    files = tls(tmp_path, pair)
    server = secured(SecuritySettings(tls=files))
    early = authority.issue("server", since=2)
    tls(tmp_path, early)
    for _ in range(3):
        assert serial(server) == number(pair)
    told = [json.loads(line) for line in lines if '"certificates"' in line]
    assert [(line["outcome"], line["reason"]) for line in told] == [("kept", "INVALID_CERTIFICATE")]
    assert server._guard._certificates is not None
    server._guard._certificates._now = lambda: datetime.now(UTC) + timedelta(days=3)
    assert serial(server) == number(early)


def test_client_certificates(
    secured: Secured, over_tls: OverTls, tmp_path: Path, authority: Authority, pair: Pair
) -> None:
    """By common name or alternative name they are somebody; unknown ones are told so; without one there is no entry."""
    clients = {
        "desk": Identity("desk", frozenset({Role.DISPATCHER})),
        "p1.example": Identity("tow-1", frozenset({Role.PROVIDER}), "p1"),
    }
    people = Authority("people")
    server = secured(SecuritySettings(tls=tls(tmp_path, pair, people.cert), clients=clients))

    def client(*names: str, by: Authority = people) -> Client:
        own = by.issue(*names)
        return over_tls(server, authority.cert, own.key, own.cert)

    assert units(client("desk")) == 4
    assert units(client("anything", "p1.example")) == 2
    unknown = client("stranger")
    assert failure(lambda: units(unknown)).reason == "CLIENT_UNKNOWN"
    assert healthy(unknown)
    impostor, nobody = client("desk", by=Authority("people")), over_tls(server, authority.cert)
    for refused in (impostor, nobody):
        assert code_of(lambda c=refused: healthy(c)) is grpc.StatusCode.UNAVAILABLE


def test_any_certificate_of_an_authority(
    secured: Secured, over_tls: OverTls, tmp_path: Path, authority: Authority, pair: Pair, lines: list[str]
) -> None:
    """Where the name is a star: by its common name, with the star's roles; those that are listed keep their own."""
    clients = {
        "*": Identity("*", frozenset({Role.AUDITOR})),
        "p1.example": Identity("tow-1", frozenset({Role.PROVIDER}), "p1"),
    }
    server = secured(SecuritySettings(tls=tls(tmp_path, pair, authority.cert), clients=clients))

    def client(*names: str) -> Client:
        own = authority.issue(*names)
        return over_tls(server, authority.cert, own.key, own.cert)

    assert units(client("somebody")) == 4
    assert units(client("x", "p1.example")) == 2
    for name in ("towline", "a\nb"):
        assert failure(lambda n=name: units(client(n))).reason == "CLIENT_UNKNOWN"
    assert units(client("y", "*")) == 4
    called = [json.loads(line) for line in lines if '"call"' in line]
    assert [line["subject"] for line in called] == ["somebody", "tow-1", None, None, "y"]


def test_a_token_goes_before_the_certificate(
    secured: Secured, over_tls: OverTls, tmp_path: Path, authority: Authority, pair: Pair
) -> None:
    """With both set up, a call with a token is its bearer's; one without is the certificate's owner's."""
    clients = {"desk": Identity("desk", frozenset({Role.DISPATCHER}))}
    wanted = SecuritySettings(tls=tls(tmp_path, pair, authority.cert), token=settings(tmp_path), clients=clients)
    server = secured(wanted)
    desk, other = authority.issue("desk"), authority.issue("gateway")
    client = over_tls(server, authority.cert, desk.key, desk.cert)
    provider = [("authorization", f"Bearer {token('provider', provider='p1')}")]
    assert (units(client), units(client, provider)) == (4, 2)
    assert failure(lambda: units(client, [("authorization", "Bearer x")])).reason == "TOKEN_INVALID"
    gateway = over_tls(server, authority.cert, other.key, other.cert)
    assert failure(lambda: units(gateway)).reason == "TOKEN_MISSING"
    assert units(gateway, provider) == 2


def test_files_that_cannot_be_used(tmp_path: Path, authority: Authority, pair: Pair) -> None:
    """Each is refused at the start, with what to do; no message quotes a key."""
    good = tls(tmp_path, pair, authority.cert)
    other, old = authority.issue("other"), authority.issue("old", days=-1)
    assert good.client_ca is not None
    for path, content in (
        (good.cert, b"nonsense"),
        (good.key, b"nonsense"),
        (good.key, other.key),
        (good.client_ca, b""),
    ):
        before = path.read_bytes()
        path.write_bytes(content)
        with pytest.raises(CertificateError) as failed:
            Certificates(good)
        assert "PRIVATE" not in failed.value.message
        path.write_bytes(before)
    with pytest.raises(CertificateError, match="renew"):
        Certificates(tls(tmp_path, old))
    with pytest.raises(CertificateError, match="not valid before"):
        Certificates(tls(tmp_path, authority.issue("early", since=2)))
    with pytest.raises(FileMissingError):
        Certificates(replace(good, key=tmp_path / "nowhere"))


def test_a_key_that_everybody_can_read_is_told(
    tmp_path: Path, pair: Pair, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the log, by its file's name; closed files are not."""
    monkeypatch.setattr(logger, "propagate", True)
    files = tls(tmp_path, pair)
    files.key.chmod(0o640)
    Guard(SecuritySettings(tls=files)).start()
    assert not caplog.records
    files.key.chmod(0o644)
    Guard(SecuritySettings(tls=files)).start()
    assert [vars(record)["file"] for record in caplog.records] == [str(files.key)]


def test_an_open_address_needs_both(tmp_path: Path, pair: Pair, authority: Authority) -> None:
    """Beyond loopback: neither encryption alone nor tokens alone are enough, unless --insecure says so."""
    encrypted, mutual = tls(tmp_path, pair), tls(tmp_path, pair, authority.cert)

    def listen(security: SecuritySettings, insecure: bool = False) -> Server:
        return Server({}, "0.0.0.0:0", ServerOptions(security=security, insecure=insecure))

    with pytest.raises(InsecureAddressError):
        listen(SecuritySettings())
    with pytest.raises(InsecureAddressError):
        listen(SecuritySettings(token=settings(tmp_path)))
    with pytest.raises(OpenAddressError):
        listen(SecuritySettings(tls=encrypted))
    listen(SecuritySettings(tls=encrypted, token=settings(tmp_path)))
    listen(SecuritySettings(tls=mutual, clients={"desk": Identity("desk", frozenset({Role.DISPATCHER}))}))
    with pytest.raises(OptionError, match=r"security\.client"):
        listen(SecuritySettings(tls=mutual))
    listen(SecuritySettings(), insecure=True)


@pytest.mark.parametrize("encrypted", [True, False])
def test_connections_that_get_nowhere_are_closed(secured: Secured, tmp_path: Path, pair: Pair, encrypted: bool) -> None:
    """Silent ones, and those that stop in the middle of a handshake, in the time a peer may stall."""
    server = secured(SecuritySettings(tls=tls(tmp_path, pair) if encrypted else None), stalled_s=1.0)
    openings = (b"", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03") if encrypted else (b"", b"PRI * HTTP/2.0\r\n")
    for opening in openings:
        with socket.create_connection(("127.0.0.1", server.port), 10) as half:
            half.sendall(opening)
            while half.recv(4096):  # until the server closes; TimeoutError if it never does
                pass
