"""A configuration as people may see it: every value in force and where it comes from, secrets left out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from engine.server.config import ServeConfig

DEFAULT = "default"


def shown_values(config: ServeConfig) -> dict[str, Any]:
    """By dotted key, for JSON."""
    return {key: _plain(key, value) for key, value in config.values().items()} | {
        "security.client": [
            {
                "name": _plain("", name),
                "subject": _plain("", identity.subject),
                "roles": sorted(identity.roles),
                "provider": identity.provider,
                "regions": None if identity.regions is None else sorted(identity.regions),
            }
            for name, identity in config.security.clients.items()
        ],
        "regions": {
            name: {"demand": _plain("", region.demand), "highway_share": region.highway_share}
            for name, region in config.planning.demand.items()
        },
    }


def shown_toml(config: ServeConfig) -> str:
    """As a file that gives the same server, but for the secrets; keys that are not set are comments."""
    lines: list[str] = []
    table = ""
    for key, value in shown_values(config).items():
        if key in ("security.client", "regions"):
            continue
        here, _, name = key.rpartition(".")
        if here != table:
            lines += ["", f"[{here}]"] if lines else [f"[{here}]"]
            table = here
        text = f"# {name} =" if value is None else f"{name} = {_toml(value)}"
        lines.append(f"{text}  # {config.origins.get(key, DEFAULT)}")
    for client in shown_values(config)["security.client"]:
        lines += ["", "[[security.client]]"]
        lines += [f"{name} = {_toml(value)}" for name, value in client.items() if value is not None]
    for name, region in shown_values(config)["regions"].items():
        lines += ["", f"[regions.{_toml(name)}]"]
        lines += [f"{key} = {_toml(value)}" for key, value in region.items() if value is not None]
    return "\n".join(lines) + "\n"


def _plain(key: str, value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(key, item) for item in value]
    if isinstance(value, str) and key == "ledger.url":
        from engine.ledger.address import parse, without_password

        return without_password(parse(value))
    if isinstance(value, str) and "://" in value:
        return _without_login(value)
    return str(value) if isinstance(value, Path) else value


def _without_login(url: str) -> str:
    """Name and password of a URL, and what stands behind its path, left out."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "(no URL)"
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def _toml(value: Any) -> str:
    """JSON's way of writing booleans, numbers, texts and lists is TOML's too."""
    return json.dumps(value, ensure_ascii=False)
