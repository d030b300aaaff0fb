"""What an operator configures about a server, from a file, the environment and the command line; docs/operations.md.

Secrets are never in it: keys and certificates are named by file, and a ledger's password is in a file of its own or in
the environment.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_type_hints

from engine.server.leading_options import LEASE_S, LeadingOptions
from engine.server.operations_options import PlanningOptions, RegionDemand
from engine.server.options import ServerOptions
from engine.server.security.settings import CallerLimits, SecuritySettings, TokenSettings
from graphs.errors import FileMissingError


@dataclass(frozen=True, slots=True)
class ServerSection:
    """Where it listens, and what it dispatches in: region files, by default the one in the box.

    With a ledger that several servers share: where the others' clients reach this one, and the regions, by name, that
    it prefers to lead.
    """

    address: str = "127.0.0.1:50051"
    insecure: bool = False
    regions: tuple[str, ...] = ()
    policy: Path | None = None
    osrm: str | None = None
    advertise: str | None = None
    lead: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FleetSection:
    """Tables of the first region."""

    units: Path | None = None
    providers: Path | None = None
    posts: Path | None = None
    datum: str = "wgs84"


@dataclass(frozen=True, slots=True)
class TrafficSection:
    """Of the first region: the profile's file (or "default"), the weather all the time, a file that is followed."""

    profile: str | None = None
    weather: str | None = None
    feed: Path | None = None


@dataclass(frozen=True, slots=True)
class LedgerSection:
    """Where live state is kept."""

    url: str | None = None
    password_file: Path | None = None
    lease_s: float = LEASE_S


@dataclass(frozen=True, slots=True)
class TlsSection:
    """Files in PEM."""

    tls_cert: Path | None = None
    tls_key: Path | None = None
    tls_client_ca: Path | None = None


@dataclass(frozen=True, slots=True)
class MetricsSection:
    """Where Prometheus fetches figures; none: nowhere."""

    address: str | None = None


@dataclass(frozen=True, slots=True)
class TracingSection:
    """A collector's OTLP/HTTP endpoint; none: no traces."""

    endpoint: str | None = None
    ratio: float = 1.0
    service: str = "towline"


#: The tables of a file, in its order, but for ``[limits]``, ``[[security.client]]`` and ``[regions.NAME]``.
SECTIONS: dict[str, type] = {
    "server": ServerSection,
    "fleet": FleetSection,
    "traffic": TrafficSection,
    "ledger": LedgerSection,
    "security": TlsSection,
    "security.token": TokenSettings,
    "security.limits": CallerLimits,
    "metrics": MetricsSection,
    "tracing": TracingSection,
    "planning": PlanningOptions,
}
#: Keys of ``[regions.NAME]``.
REGION: dict[str, Any] = get_type_hints(RegionDemand)
#: The sizes, times and switches of `ServerOptions`.
LIMITS: dict[str, Any] = {key: hint for key, hint in get_type_hints(ServerOptions).items() if hint in (int, float)}
LIMITS["one_core"] = bool


@dataclass(frozen=True, slots=True)
class ServeConfig:
    """All of it."""

    server: ServerSection = field(default_factory=ServerSection)
    fleet: FleetSection = field(default_factory=FleetSection)
    traffic: TrafficSection = field(default_factory=TrafficSection)
    ledger: LedgerSection = field(default_factory=LedgerSection)
    security: SecuritySettings = field(default_factory=SecuritySettings)
    metrics: MetricsSection = field(default_factory=MetricsSection)
    tracing: TracingSection = field(default_factory=TracingSection)
    planning: PlanningOptions = field(default_factory=PlanningOptions)
    limits: Mapping[str, float] = field(default_factory=dict)
    #: By dotted key, where a value that is not the default comes from.
    origins: Mapping[str, str] = field(default_factory=dict)

    def options(self) -> ServerOptions:
        """What a `Server` takes."""
        limits: Any = self.limits
        leading = LeadingOptions(self.ledger.lease_s, self.server.advertise, self.server.lead)
        return ServerOptions(
            **limits,
            leading=leading,
            security=self.security,
            insecure=self.server.insecure,
            planning=self.planning,
        )

    def ledger_url(self) -> str | None:
        """The ledger's URL with its password: for whoever opens it, and for nothing else. FileMissingError."""
        from sqlalchemy import make_url

        path = self.ledger.password_file
        if self.ledger.url is None or path is None:
            return self.ledger.url
        try:
            password = path.read_text("utf-8").strip()
        except (OSError, ValueError) as error:
            raise FileMissingError(f"ledger.password_file {path} cannot be read: {error}", path=path) from None
        return make_url(self.ledger.url).set(password=password).render_as_string(hide_password=False)

    def values(self) -> dict[str, Any]:
        """Every value by its dotted key, defaults included."""
        tls, options = self.security.tls, self.options()
        sections = {
            "server": self.server,
            "fleet": self.fleet,
            "traffic": self.traffic,
            "ledger": self.ledger,
            "security": TlsSection() if tls is None else TlsSection(tls.cert, tls.key, tls.client_ca),
            "security.token": self.security.token,
            "security.limits": self.security.limits,
            "metrics": self.metrics,
            "tracing": self.tracing,
            "planning": self.planning,
        }
        found = {
            f"{name}.{item}": None if section is None else getattr(section, item)
            for name, section in sections.items()
            for item in _keys(SECTIONS[name])
        }
        return found | {f"limits.{key}": getattr(options, key) for key in LIMITS}


def _keys(section: type) -> dict[str, Any]:
    """Names and types of a section's keys; what is not a key of it is set elsewhere."""
    return {key: hint for key, hint in get_type_hints(section).items() if key != "demand"}


def schema() -> dict[str, Any]:
    """The type of every key, by its dotted name."""
    known = {f"{name}.{key}": hint for name, kind in SECTIONS.items() for key, hint in _keys(kind).items()}
    return known | {f"limits.{key}": hint for key, hint in LIMITS.items()}
