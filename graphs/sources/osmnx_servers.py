"""OSMnx's settings for one conversation with OpenStreetMap's servers, and its troubles as Towline's errors.

OSMnx waits and asks again for ever when a server is busy, takes half an answer for a whole one when Overpass ran out
of time, and asks a public resolver when a name cannot be resolved. Here every wait is bounded, every answer is
looked at before OSMnx sees it, and settings are put back afterwards.
"""

from __future__ import annotations

import json
import os
import re
import socket
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, TypeVar
from urllib.parse import urlparse

from graphs.cache import cache_folder
from graphs.errors import AreaError, MapServerBusyError, MapServerError, PlaceError

T = TypeVar("T")
#: What a server without a free slot says (Overpass: 429 and 504).
BUSY = (429, 502, 503, 504)
#: Seconds between attempts, unless the server says how long to wait.
PAUSES_S = (5.0, 15.0, 30.0, 60.0)
#: How Overpass's answers begin; anything else is not kept.
_ELEMENTS = re.compile(rb'"elements"\s*:\s*\[')
#: Answers are kept this long; roads change slowly, but a region should not be built of last year's.
KEEP_DAYS = 7.0
OTHER_WAYS = "try again later, name another server with --overpass, or build from a downloaded .osm.pbf file"


@dataclass(frozen=True)
class MapServers:
    """Which servers to ask, and how patiently. Empty addresses stand for OSMnx's settings."""

    overpass_url: str = field(default_factory=lambda: os.environ.get("TOWLINE_OVERPASS_URL", ""))
    nominatim_url: str = field(default_factory=lambda: os.environ.get("TOWLINE_NOMINATIM_URL", ""))
    timeout_s: int = 180  # for one answer
    patience_s: float = 120.0  # of waiting for a busy server, in all
    cache: bool = True  # keep answers in Towline's cache folder
    sleep: Callable[[float], None] = field(default=time.sleep, repr=False)
    remark: Callable[[str], None] = field(default=lambda _: None, repr=False)


class _BusyError(Exception):
    def __init__(self, host: str, status: int, wait_s: float | None) -> None:
        super().__init__(f"{host} answered {status}")
        self.host, self.status, self.wait_s = host, status, wait_s


@contextmanager
def conversation(servers: MapServers) -> Generator[Callable[[str, Callable[[], T]], T]]:
    """A function that runs one question, ``ask(what, call)``, while OSMnx's settings are those of ``servers``.

    It raises `PlaceError` when nobody answers, `MapServerBusyError` after waiting in vain, `MapServerError` about an
    answer that cannot be used and `AreaError` about an area that is too much for the server. One at a time: OSMnx's
    settings are those of the process.
    """
    import osmnx

    settings = osmnx.settings
    names = (
        *("overpass_url", "nominatim_url", "overpass_rate_limit", "requests_timeout", "requests_kwargs", "use_cache"),
        *("cache_folder", "cache_only_mode", "doh_url_template", "http_user_agent"),
    )
    before = {name: getattr(settings, name) for name in names}
    resolver = socket.getaddrinfo  # OSMnx pins hosts to addresses for the rest of the process
    folder = cache_folder() / "osmnx"
    settings.overpass_url = servers.overpass_url or settings.overpass_url
    settings.nominatim_url = servers.nominatim_url or settings.nominatim_url
    settings.overpass_rate_limit = False  # a busy server says so, and then we wait
    settings.requests_timeout = servers.timeout_s
    settings.requests_kwargs = {**settings.requests_kwargs, "hooks": {"response": _look_at}}
    settings.use_cache = servers.cache and settings.use_cache and _usable(folder, servers)
    settings.cache_folder = str(folder)
    settings.cache_only_mode = False
    settings.doh_url_template = None
    settings.http_user_agent = "Towline (with OSMnx)"
    waited = 0.0

    def ask(what: str, call: Callable[[], T]) -> T:
        nonlocal waited
        for pause in (*PAUSES_S, None):
            try:
                return _answered(what, call, servers)
            except _BusyError as busy:
                wait = busy.wait_s if busy.wait_s is not None and pause is not None else pause
                if wait is None or waited + wait > servers.patience_s:
                    raise MapServerBusyError(
                        f"{what} could not be fetched: {busy.host} is busy ({busy.status}), also after waiting "
                        f"{waited:.0f} s; {OTHER_WAYS}.",
                        host=busy.host,
                        status=busy.status,
                        waited_s=f"{waited:.0f}",
                    ) from None
                servers.remark(f"{busy.host} is busy ({busy.status}); asking again in {wait:.0f} s")
                servers.sleep(wait)
                waited += wait
        raise AssertionError("the last attempt returns or raises")

    try:
        yield ask
    finally:
        socket.getaddrinfo = resolver
        for name, value in before.items():
            setattr(settings, name, value)


def _answered(what: str, call: Callable[[], T], servers: MapServers) -> T:
    """One attempt, a second one without the cache if that is what fails."""
    import osmnx
    import requests

    for _ in range(2):
        try:
            return call()
        except requests.RequestException as error:
            host = urlparse(getattr(error.request, "url", None) or osmnx.settings.overpass_url).netloc
            late = isinstance(error, requests.Timeout)
            raise PlaceError(
                f"{what} could not be fetched: {host} {'took too long' if late else 'cannot be reached'} "
                f"({type(error).__name__}). Check the network, {OTHER_WAYS}.",
                host=host,
            ) from error
        except (json.JSONDecodeError, UnicodeDecodeError, OSError) as error:  # of a file in the cache
            if not osmnx.settings.use_cache:
                raise
            osmnx.settings.use_cache = False
            servers.remark(f"answers kept in {osmnx.settings.cache_folder} cannot be used ({error}): asking anew")
        except (osmnx._errors.InsufficientResponseError, osmnx._errors.ResponseStatusCodeError) as error:
            if "geocod" in str(error):  # nothing of that name was found
                raise
            raise MapServerError(
                f"{what} could not be fetched: the answer breaks off or is no JSON; {OTHER_WAYS}."
            ) from error
    raise AssertionError("without a cache the first attempt returns or raises")


def _look_at(response: Any, **_: Any) -> None:
    """Called by requests with every answer, before OSMnx gets it."""
    host = urlparse(response.url).netloc
    if response.is_redirect:
        return
    if response.status_code in BUSY:
        stated = response.headers.get("Retry-After", "")
        raise _BusyError(host, response.status_code, float(stated) if stated.isdecimal() else None)
    if not response.ok:
        raise MapServerError(
            f"{host} refused the question ({response.status_code} {response.reason}); check its address, or "
            f"{OTHER_WAYS}.",
            host=host,
            status=response.status_code,
        )
    if response.content.lstrip()[:1] not in (b"{", b"["):
        raise MapServerError(
            f"{host} answered something that is no JSON; check its address, or {OTHER_WAYS}.", host=host
        )
    if response.request.method == "POST" and not _ELEMENTS.search(response.content[:4096]):
        raise MapServerError(
            f"{host} answered something that is not OpenStreetMap data; check its address, or {OTHER_WAYS}.", host=host
        )
    if b'"remark"' not in response.content[-4096:]:  # Overpass puts it last
        return
    try:
        remark = str(response.json().get("remark", ""))
    except (ValueError, AttributeError):
        return
    if "error" in remark or "timed out" in remark or "memory" in remark:
        raise AreaError(
            f"{host} gave up before it had everything ({remark[:200]}). Ask for a smaller area, {OTHER_WAYS}.",
            host=host,
            remark=remark[:200],
        )


def _usable(folder: Path, servers: MapServers) -> bool:
    """Whether answers can be kept in the folder; old ones are thrown away."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder):
            pass
        for kept in folder.glob("*.json"):
            if time.time() - kept.stat().st_mtime > KEEP_DAYS * 86_400:
                kept.unlink()
    except OSError as error:
        servers.remark(f"{folder} cannot be written to ({error.strerror}): answers are not kept for the next time")
        return False
    return True
