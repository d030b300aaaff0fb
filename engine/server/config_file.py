"""A server's configuration read: the file, over it the environment, over that the command line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from engine.errors import ConfigError
from engine.policy_file import line_of
from engine.server.config import LIMITS, REGION, SECTIONS, ServeConfig, TlsSection, schema
from engine.server.config_values import from_text, read_value
from engine.server.operations_options import RegionDemand
from engine.server.security.identity import RESERVED, Identity, Role
from engine.server.security.settings import SecuritySettings, TlsSettings
from graphs.errors import FileMissingError, TowlineError

PREFIX = "TOWLINE_"
CLIENTS = "security.client"
REGIONS = "regions"
#: What Kubernetes puts into the environment for services of its own, whatever they are called.
_SERVICE_LINK = re.compile(r".*(_SERVICE_HOST|_SERVICE_PORT(_.*)?|_PORT(_\d+_.*)?)")


@dataclass(frozen=True, slots=True)
class _Given:
    """A value and where it was found, for messages."""

    value: Any
    origin: str
    folder: Path | None = None
    where: str = ""


def load_config(
    path: Path | None = None, environment: Mapping[str, str] | None = None, given: Mapping[str, Any] | None = None
) -> ServeConfig:
    """The configuration; ``given`` are the command line's values by dotted key (None: not given).

    ConfigError names the key and where it stands, FileMissingError a file that is not there. File names in the file are
    taken from its folder, all others from where the program runs.
    """
    layers = ({} if path is None else _of_file(path)) | _of_environment(environment or {})
    layers |= {
        key: _Given(list(value) if isinstance(value, tuple) else value, "command line", where="command line")
        for key, value in (given or {}).items()
        if value is not None
    }
    known = schema()
    values: dict[str, Any] = {}
    for key, item in layers.items():
        try:
            if key == CLIENTS:
                values[key] = _clients(item.value)
            elif key == REGIONS:
                values[key] = _regions(item.value, item.folder)
            elif key not in known:
                raise _unknown(key, known)
            else:
                folder = item.folder
                values[key] = read_value(key, known[key], _text(item.value), folder)
                if key == "server.regions" and folder is not None:
                    values[key] = tuple(_region(name, folder) for name in values[key])
                if key == "ledger.url":
                    _check_no_password(values[key], item.origin)
        except TowlineError as error:
            raise error.about(item.where, where=item.where) from None
    return _assembled(values, {key: item.origin for key, item in layers.items()})


def variable(key: str) -> str:
    """The environment variable of a key."""
    return PREFIX + key.upper().replace(".", "_")


def _of_file(path: Path) -> dict[str, _Given]:
    where = f"configuration {path}"
    try:
        text = path.read_text("utf-8-sig")
    except OSError as error:
        raise FileMissingError(f"{where} cannot be read: {error.strerror}", path=path) from None
    except ValueError:
        raise ConfigError(f"{where} is not UTF-8 text; save it as UTF-8", path=path) from None
    try:
        raw = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{where} is not valid TOML: {error}", path=path) from None

    def placed(key: str) -> str:
        line = line_of(text, key)
        return where if line is None else f"{where}, line {line}"

    return {key: _Given(value, str(path), path.absolute().parent, placed(key)) for key, value in _flat(raw, "", where)}


def _flat(table: Mapping[str, Any], prefix: str, where: str) -> Iterator[tuple[str, Any]]:
    """Dotted keys; what stands where a table must, or the other way round, is left for the schema to refuse."""
    for name, value in table.items():
        key = f"{prefix}{name}"
        if isinstance(value, dict) and key not in schema() and key != REGIONS:
            if key not in SECTIONS and key != "limits":
                tables = [*SECTIONS, "limits", f"{REGIONS}.NAME", f"[{CLIENTS}]"]
                raise ConfigError(f"{where}: unknown table [{key}]; known are: {', '.join(tables)}", key=key)
            yield from _flat(value, f"{key}.", where)
        else:
            yield key, value


def _of_environment(environment: Mapping[str, str]) -> dict[str, _Given]:
    """TOWLINE_SERVER_ADDRESS and so on. A variable of one of the tables that means nothing is an error: a limit that is
    misspelt would silently not hold. Other variables of Towline (TOWLINE_CACHE_DIR) are no configuration."""
    known = {variable(key): (key, hint) for key, hint in schema().items()}
    tables = tuple(variable(name) + "_" for name in (*SECTIONS, "limits"))
    found: dict[str, _Given] = {}
    for name, text in sorted(environment.items()):
        if name in known:
            key, hint = known[name]
            where = f"environment variable {name}"
            try:
                found[key] = _Given(from_text(key, hint, text), name, where=where)
            except ConfigError as error:
                raise error.about(where, where=where) from None
        elif name.startswith(tables) and not _SERVICE_LINK.fullmatch(name):
            raise ConfigError(f"environment variable {name} means nothing; did you misspell it?", key=name)
    return found


def _assembled(values: Mapping[str, Any], origins: Mapping[str, str]) -> ServeConfig:
    def section(name: str) -> Any:
        found = {key: values[f"{name}.{key}"] for key in _keys(name) if f"{name}.{key}" in values}
        if name == "security.token":
            if not found:
                return None
            for needed in ("audience", "issuer"):
                if needed not in found:
                    raise ConfigError(
                        f"{name}.{needed} is missing; without it tokens made for other services would be taken",
                        key=f"{name}.{needed}",
                    )
        return SECTIONS[name](**found)

    clients = values.get(CLIENTS, {})
    tls = _tls(section("security"))
    if clients and (tls is None or tls.client_ca is None):
        raise ConfigError(
            "[[security.client]] needs security.tls_client_ca, who issues their certificates", key=CLIENTS
        )
    security = SecuritySettings(tls, section("security.token"), clients, section("security.limits"))
    limits = {key: values[f"limits.{key}"] for key in LIMITS if f"limits.{key}" in values}
    plain = {name: section(name) for name in ("server", "fleet", "traffic", "ledger", "metrics", "tracing")}
    planning = replace(section("planning"), demand=values.get(REGIONS, {}))
    return ServeConfig(**plain, security=security, planning=planning, limits=limits, origins=origins)


def _regions(tables: Any, folder: Path | None) -> dict[str, RegionDemand]:
    """What planners are told of each region."""
    if not isinstance(tables, dict) or not all(isinstance(table, dict) for table in tables.values()):
        raise ConfigError(f"[{REGIONS}.NAME] must be tables, one for each region's name", key=REGIONS)
    found = {}
    for name, table in tables.items():
        unknown = sorted(table.keys() - REGION.keys())
        if unknown:
            raise ConfigError(
                f"{REGIONS}.{name}: unknown key {unknown[0]!r}; known are: {', '.join(REGION)}",
                key=f"{REGIONS}.{name}.{unknown[0]}",
            )
        found[name] = RegionDemand(
            **{key: read_value(f"{REGIONS}.{name}.{key}", REGION[key], value, folder) for key, value in table.items()}
        )
    return found


def _tls(files: TlsSection) -> TlsSettings | None:
    if files.tls_cert is None or files.tls_key is None:
        if files.tls_cert is not None or files.tls_key is not None or files.tls_client_ca is not None:
            key = "security.tls_key" if files.tls_cert is not None else "security.tls_cert"
            raise ConfigError("TLS needs both security.tls_cert and security.tls_key; set the other one too", key=key)
        return None
    return TlsSettings(files.tls_cert, files.tls_key, files.tls_client_ca)


def _clients(entries: Any) -> dict[str, Identity]:
    """Who a client certificate is: a ``name`` in it, and the ``subject``, ``roles`` and so on that it means."""
    if not isinstance(entries, list) or not all(isinstance(item, dict) for item in entries):
        raise ConfigError(f"[[{CLIENTS}]] must be tables, each with name and roles", key=CLIENTS)
    found: dict[str, Identity] = {}
    for number, entry in enumerate(entries, start=1):
        key = f"{CLIENTS} {number}"
        unknown = sorted(entry.keys() - {"name", "subject", "roles", "provider", "regions"})
        if unknown:
            raise ConfigError(
                f"{key}: unknown key {unknown[0]!r}; known are: name, subject, roles, provider, regions", key=key
            )
        name = read_value(f"{key}: name", str, entry.get("name"))
        roles = read_value(f"{key}: roles", tuple, entry.get("roles"))
        wrong = sorted(set(roles) - set(Role))
        if wrong or not roles or name in found:
            raise ConfigError(
                f"{key}: its name must be its own, and its roles one or more of: {', '.join(Role)}", key=key
            )
        subject = read_value(f"{key}: subject", str, entry.get("subject", name))
        if subject in RESERVED:
            raise ConfigError(f"{key}: the subject {subject!r} is Towline's own; choose another", key=key)
        regions = read_value(f"{key}: regions", tuple, entry["regions"]) if "regions" in entry else None
        found[name] = Identity(
            subject,
            frozenset(Role(role) for role in roles),
            read_value(f"{key}: provider", str, entry["provider"]) if "provider" in entry else None,
            None if regions is None else frozenset(region.removeprefix("regions/") for region in regions),
        )
    return found


def _check_no_password(url: str, origin: str) -> None:
    """A password may come in the environment; a file is read by many, and a command line by everybody."""
    from engine.ledger.address import parse

    parsed = parse(url)
    if (parsed.password or "password" in parsed.query) and not origin.startswith(PREFIX):
        raise ConfigError(
            f"ledger.url must not hold a password; put it into ledger.password_file, or the URL into "
            f"{variable('ledger.url')}",
            key="ledger.url",
        )


def _region(name: str, folder: Path) -> str:
    """A file from the folder of the configuration, if there is one; else a name."""
    return str(folder / name) if (folder / name).exists() else name


def _keys(section: str) -> list[str]:
    return [key.removeprefix(f"{section}.") for key in schema() if key.rpartition(".")[0] == section]


def _text(value: Any) -> Any:
    return str(value) if isinstance(value, Path) else value


def _unknown(key: str, known: Mapping[str, Any]) -> ConfigError:
    table = key.rpartition(".")[0]
    here = [item.removeprefix(f"{table}.") for item in known if item.rpartition(".")[0] == table]
    return ConfigError(f"unknown key {key!r}; known here: {', '.join(here or SECTIONS)}", key=key)
