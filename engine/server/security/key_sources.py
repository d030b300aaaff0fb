"""Where the keys of tokens come from: a file, read again when told, or a URL, fetched in the background."""

from __future__ import annotations

import ssl
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from engine.errors import CertificateError, OptionError, TokenKeyError, TokenKeysUnavailableError
from engine.server.logs import logger
from engine.server.security.fetching import BoundedSocket, why
from engine.server.security.keys import VerificationKey, load_keys, read_jwks
from engine.server.security.settings import ASYMMETRIC, TokenSettings
from graphs.errors import FileMissingError, TowlineError

#: A token with an unknown key brings the next fetch forward, but no closer to the last one than this.
PAUSE_S = 10.0
#: After a fetch that failed.
RETRY_S = 5.0


class KeyFile:
    """Keys of a file. A file that cannot be used any more leaves those of before in force."""

    def __init__(self, settings: TokenSettings, changed: Callable[[], None]) -> None:
        assert settings.keys is not None
        self._path, self._algorithms, self._changed = settings.keys, settings.algorithms, changed
        self._keys = load_keys(self._path, self._algorithms)

    def current(self) -> Sequence[VerificationKey]:
        return self._keys

    def missed(self) -> None:
        pass

    def start(self) -> None:
        pass

    def reload(self) -> None:
        try:
            self._keys = load_keys(self._path, self._algorithms)
        except TowlineError as error:
            logger.error("keys", extra={"outcome": "kept", "reason": error.reason, "problem": error.message})
            return
        self._changed()
        logger.info("keys", extra={"outcome": "read", "count": len(self._keys)})

    def stop(self) -> None:
        pass


class KeyUrl:
    """Keys of a JWKS URL. Calls never wait for it: they use the keys of the last fetch that went well."""

    def __init__(
        self,
        settings: TokenSettings,
        changed: Callable[[], None],
        fetch: Callable[[], bytes] | None = None,
        pause_s: float = PAUSE_S,
    ) -> None:
        assert settings.jwks_url is not None
        self._settings, self._changed, self._pause_s = settings, changed, pause_s
        self._fetch = fetch or fetcher(settings)
        self._keys: tuple[VerificationKey, ...] = ()
        self._wanted, self._stopped, self._first = threading.Event(), threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._follow, name="towline-keys", daemon=True)

    def current(self) -> Sequence[VerificationKey]:
        if not self._keys:
            raise TokenKeysUnavailableError(
                "the keys that tokens are checked with have not been fetched yet; try again after a pause"
            )
        return self._keys

    def missed(self) -> None:
        self._wanted.set()

    def start(self) -> None:
        """Fetch, and wait a moment for that; a failure is logged and tried again in the background."""
        self._thread.start()
        self._first.wait(self._settings.fetch_s)

    def reload(self) -> None:
        self._wanted.set()

    def stop(self) -> None:
        self._stopped.set()
        self._wanted.set()
        if self._thread.is_alive():
            self._thread.join(self._settings.fetch_s + 1)

    def _follow(self) -> None:
        self._refresh()
        self._first.set()
        while not self._stopped.wait(self._pause_s if self._keys else min(RETRY_S, self._pause_s)):
            if self._keys:
                self._wanted.wait(max(0.0, self._settings.refresh_s - self._pause_s))
            if not self._stopped.is_set():
                self._wanted.clear()
                self._refresh()

    def _refresh(self) -> None:
        try:
            keys = read_jwks(self._fetch(), self._settings.algorithms, "the JWKS of security.token.jwks_url")
        except TowlineError as error:
            logger.error("keys", extra={"outcome": "kept", "reason": error.reason, "problem": error.message})
        except Exception as error:  # of the network, mostly; a bug must not end the thread either
            logger.error("keys", extra={"outcome": "kept", "problem": why(error)})
        else:
            if _prints(keys) != _prints(self._keys):
                self._keys = keys
                self._changed()
                logger.info("keys", extra={"outcome": "fetched", "count": len(keys)})


def check_url(url: str) -> str:
    """OptionError unless it is https, for whoever can change the keys on their way can be anybody; and public."""
    try:
        parts = urlsplit(url)
        good = parts.scheme == "https" and bool(parts.hostname) and parts.username is None and parts.port != 0
    except ValueError:
        good = False
    if not good:
        raise OptionError(
            "security.token.jwks_url must begin with https:// and hold no password: keys to check with are public",
            option="security.token.jwks_url",
        )
    return url


def fetcher(settings: TokenSettings) -> Callable[[], bytes]:
    """Fetches the URL: bounded in time and size, and not followed elsewhere."""
    url = check_url(settings.jwks_url or "")
    context = _context(settings.jwks_ca)
    opener = urllib.request.build_opener(urllib.request.HTTPSHandler(context=context), _NoRedirect())
    bounded = type("Bounded", (BoundedSocket,), {})

    def fetch() -> bytes:
        request = urllib.request.Request(url, headers={"Accept": "application/json"})
        bounded.until, context.sslsocket_class = time.monotonic() + settings.fetch_s, bounded
        raw = b""
        with opener.open(request, timeout=settings.fetch_s) as answer:
            while chunk := answer.read1(65_536):
                raw += chunk
                if len(raw) > settings.fetch_bytes:
                    raise TokenKeyError(
                        f"the JWKS of security.token.jwks_url has more than {settings.fetch_bytes} bytes "
                        "(security.token.fetch_bytes)"
                    )
        return raw

    return fetch


def _context(authority: Path | None) -> ssl.SSLContext:
    """Whom to trust; FileMissingError, CertificateError."""
    try:
        return ssl.create_default_context(cafile=None if authority is None else str(authority))
    except ssl.SSLError:
        raise CertificateError(
            f"security.token.jwks_ca {authority} holds no certificates in PEM", path=authority
        ) from None
    except OSError as error:
        raise FileMissingError(
            f"security.token.jwks_ca {authority} cannot be read: {error.strerror}", path=authority
        ) from None


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, req: Any, fp: Any, code: Any, msg: Any, headers: Any, newurl: Any) -> None:  # noqa: ARG002
        return None


def _prints(keys: Sequence[VerificationKey]) -> list[tuple[str | None, str, bytes]]:
    """What tells key sets apart."""
    form = Encoding.DER, PublicFormat.SubjectPublicKeyInfo
    return [(key.id, key.algorithm, key.key.public_bytes(*form)) for key in keys]


def source_of(settings: TokenSettings, changed: Callable[[], None]) -> KeyFile | KeyUrl:
    """The one that is set; OptionError when none or both are, or an algorithm is none that is supported."""
    if (settings.keys is None) == (settings.jwks_url is None):
        raise OptionError(
            "tokens need keys: set either security.token.keys (a file) or security.token.jwks_url",
            option="security.token.keys",
        )
    for name, value in (("audience", settings.audience), ("issuer", settings.issuer)):
        if not value:
            raise OptionError(
                f"security.token.{name} is not set; without it tokens made for other services would be taken",
                option=f"security.token.{name}",
            )
    wrong = sorted(set(settings.algorithms) - {*ASYMMETRIC, "HS256"})
    if wrong or not settings.algorithms:
        raise OptionError(
            f"security.token.algorithms must be some of {', '.join(ASYMMETRIC)}, HS256",
            option="security.token.algorithms",
        )
    if settings.jwks_url is not None:
        if "HS256" in settings.algorithms:
            raise OptionError(
                "HS256 needs a secret, and a URL gives none; use security.token.keys",
                option="security.token.algorithms",
            )
        return KeyUrl(settings, changed)
    return KeyFile(settings, changed)
