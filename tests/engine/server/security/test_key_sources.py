"""Keys from a file that changes, and from a URL that may fail."""

from __future__ import annotations

import http.server
import itertools
import json
import socket
import ssl
import threading
import time
import urllib.error
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jwt.algorithms import ECAlgorithm

from engine.errors import OptionError, TokenKeyError, TokenKeysUnavailableError
from engine.server.security.fetching import why
from engine.server.security.key_sources import KeyFile, KeyUrl, check_url, fetcher, source_of
from engine.server.security.settings import TokenSettings
from tests.engine.server.security.makes import AUDIENCE, ISSUER, OTHER, P256, Authority, public_pem, settings

FAST = 0.02


def jwks(*keys: Any) -> bytes:
    entries = [json.loads(ECAlgorithm.to_jwk(key.public_key())) | {"kid": str(n)} for n, key in enumerate(keys)]
    return json.dumps({"keys": entries}).encode()


def by_url(url: str = "https://issuer.example/keys", **more: Any) -> TokenSettings:
    values: dict[str, Any] = {"audience": AUDIENCE, "issuer": ISSUER, "jwks_url": url, "fetch_s": 2.0}
    return TokenSettings(**values | more)


def until(done: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not done():
        assert time.monotonic() < end
        time.sleep(0.005)


def test_a_file_is_read_again_and_never_for_the_worse(tmp_path: Path) -> None:
    """Told to, it takes the new keys; a broken file leaves the old ones."""
    changed: list[int] = []
    wanted = settings(tmp_path, P256)
    source = KeyFile(wanted, lambda: changed.append(1))
    before = source.current()
    assert wanted.keys is not None
    wanted.keys.write_bytes(b"broken")
    source.reload()
    assert source.current() == before
    assert not changed
    wanted.keys.write_bytes(public_pem(P256, OTHER))
    source.reload()
    assert len(source.current()) == 2
    assert changed


def test_a_url_that_fails_leaves_the_keys_and_is_tried_again() -> None:
    """Until the first fetch went well calls get UNAVAILABLE at once; a miss brings the next fetch forward."""
    answers: list[bytes | Exception] = [OSError("down"), jwks(P256), OSError("down"), b"<html>", jwks(P256, OTHER)]
    changed: list[int] = []

    def fetch() -> bytes:
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    source = KeyUrl(by_url(), lambda: changed.append(1), fetch, pause_s=FAST)
    with pytest.raises(TokenKeysUnavailableError):
        source.current()
    source.start()
    try:
        until(lambda: bool(changed))
        assert len(source.current()) == 1
        while len(source.current()) == 1:
            source.missed()
            time.sleep(FAST)
        assert len(source.current()) == 2
        assert len(changed) == 2
    finally:
        source.stop()


def test_misses_do_not_make_it_fetch_more_often_than_its_pause() -> None:
    """Whoever sends forged tokens does not thereby send requests to the issuer."""
    fetched: list[float] = []

    def fetch() -> bytes:
        fetched.append(time.monotonic())
        return jwks(P256)

    source = KeyUrl(by_url(), lambda: None, fetch, pause_s=0.1)
    source.start()
    try:
        while len(fetched) < 3:
            source.missed()
            time.sleep(0.001)
        assert all(b - a >= 0.1 for a, b in itertools.pairwise(fetched))
    finally:
        source.stop()


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers by path."""

    def do_GET(self) -> None:
        if self.path == "/away":
            self.send_error(503)
            return
        if self.path == "/heads":
            self.drip(b"HTTP/1.1 200 OK\r\nX-More: " + b"a" * 400)
        if self.path == "/elsewhere":
            self.send_response(302)
            self.send_header("Location", "/keys")
            self.end_headers()
            return
        self.send_response(200)
        self.end_headers()
        if self.path == "/drip":
            self.drip(b" " * 400)
        self.wfile.write(b" " * 300_000 if self.path == "/large" else jwks(P256))

    def drip(self, raw: bytes) -> None:
        for k in range(len(raw)):
            self.wfile.write(raw[k : k + 1])
            self.wfile.flush()
            time.sleep(0.05)

    def log_message(self, format: str, *args: Any) -> None:
        pass


class Quiet(http.server.ThreadingHTTPServer):
    """Clients here break off, and that is no news."""

    def handle_error(self, request: Any, client_address: Any) -> None:
        pass


@contextmanager
def issuer(folder: Path, authority: Authority) -> Generator[str]:
    """A server of keys over real TLS."""
    pair = authority.issue("issuer")
    (folder / "issuer.pem").write_bytes(pair.cert + pair.key)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "issuer.pem")
    server = Quiet(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"https://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_url_over_tls(tmp_path: Path) -> None:
    """The issuer's certificate is checked; redirects, floods and drips are given up."""
    authority = Authority()
    ca = tmp_path / "ca.pem"
    ca.write_bytes(authority.cert)
    with issuer(tmp_path, authority) as url:
        good = by_url(f"{url}/keys", jwks_ca=ca)
        assert fetcher(good)() == jwks(P256)
        source = source_of(good, lambda: None)
        source.start()
        try:
            assert len(source.current()) == 1
        finally:
            source.stop()
        with pytest.raises(OSError, match="CERTIFICATE_VERIFY_FAILED"):
            fetcher(replace(good, jwks_ca=None))()
        with pytest.raises(OSError, match="302"):
            fetcher(by_url(f"{url}/elsewhere", jwks_ca=ca))()
        with pytest.raises(TokenKeyError, match="bytes"):
            fetcher(by_url(f"{url}/large", jwks_ca=ca))()
        for path in ("drip", "heads"):
            began = time.monotonic()
            with pytest.raises(TimeoutError):
                fetcher(by_url(f"{url}/{path}", jwks_ca=ca, fetch_s=0.3))()
            assert time.monotonic() - began < 15, path  # bounded itself: all of it would take twenty seconds


def test_why_a_fetch_failed_is_logged(tmp_path: Path, lines: list[str]) -> None:
    """In words that lead to what is to be mended: the status, the certificate, the size, the time, the name."""
    authority = Authority()
    ca = tmp_path / "ca.pem"
    ca.write_bytes(authority.cert)
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        nobody = f"https://127.0.0.1:{closed.getsockname()[1]}"
        with issuer(tmp_path, authority) as url:
            for wanted in (
                by_url(f"{url}/away", jwks_ca=ca),
                by_url(f"{url}/elsewhere", jwks_ca=ca),
                by_url(f"{url}/keys"),
                by_url(f"{url}/large", jwks_ca=ca),
                by_url(f"{url}/heads", jwks_ca=ca, fetch_s=0.2),
                by_url(nobody),
            ):
                KeyUrl(wanted, lambda: None)._refresh()
    told = [json.loads(line)["problem"] for line in lines]
    assert told[:2] == ["answered with HTTP status 503", "answered with HTTP status 302"]
    assert told[2].startswith("its certificate is not trusted: ")
    assert "more than 262144 bytes" in told[3]
    assert told[4:] == ["not answered in time", "not reached: Connection refused"]
    assert why(urllib.error.URLError(socket.gaierror(-2, "Name or service not known"))).startswith("its name")
    assert why(KeyError("x")) == "KeyError"


@pytest.mark.parametrize(
    "url",
    [
        "http://issuer.example/keys",
        "file:///etc/passwd",
        "issuer.example",
        "https://",
        "https://u:p@x",
        "https://x:y",
        "",
    ],
)
def test_only_https(url: str) -> None:
    """Keys that others can change on their way are nobody's."""
    with pytest.raises(OptionError):
        check_url(url)


def test_settings_that_make_no_sense(tmp_path: Path) -> None:
    """Each says what to set."""
    good = settings(tmp_path)
    for wrong in (
        replace(good, jwks_url="https://issuer.example"),
        replace(good, keys=None),
        replace(good, audience=""),
        replace(good, issuer=""),
        replace(good, algorithms=()),
        replace(good, algorithms=("none",)),
        replace(good, algorithms=("HS256",), keys=None, jwks_url="https://issuer.example"),
    ):
        with pytest.raises(OptionError):
            source_of(wrong, lambda: None)
