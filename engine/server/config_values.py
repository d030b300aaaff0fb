"""One value of a configuration: of the type its key wants, from TOML or from the text of a variable."""

from __future__ import annotations

import math
from pathlib import Path
from types import UnionType
from typing import Any, get_args
from urllib.parse import urlsplit

from engine.errors import ConfigError
from engine.server.config_ranges import range_of
from engine.tables.visible import has_commands

#: Who takes traces.
ENDPOINT = "tracing.endpoint"


def read_value(key: str, hint: Any, value: Any, folder: Path | None = None) -> Any:
    """The value as ``hint`` has it; files are looked for from ``folder``. ConfigError otherwise.

    What a value was is not said: a secret that stands in the wrong place must not travel into a log.
    """
    if isinstance(hint, UnionType):
        hint = next(item for item in get_args(hint) if item is not type(None))
    if hint is bool:
        if not isinstance(value, bool):
            raise _wrong(key, "true or false")
        return value
    if hint in (int, float):
        return _number(key, value, whole=hint is int)
    if hint is str or hint is Path:
        if not isinstance(value, str) or not value.strip() or has_commands(value):
            raise _wrong(key, "text on one line" if hint is str else "a file's name")
        if key == ENDPOINT and not _is_http(value):
            raise _wrong(key, "a URL such as http://127.0.0.1:4318/v1/traces")
        if hint is str:
            return value
        if "://" in value:
            raise _wrong(key, "a file's name, no URL")
        return (folder or Path()) / value
    if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
        raise _wrong(key, "a list of names")
    return tuple(value)


def from_text(key: str, hint: Any, text: str) -> Any:
    """What the text of an environment variable would be in TOML."""
    if isinstance(hint, UnionType):
        hint = next(item for item in get_args(hint) if item is not type(None))
    if hint is bool:
        found = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}.get(
            text.strip().lower()
        )
        if found is None:
            raise _wrong(key, "true or false")
        return found
    if hint in (int, float):
        try:
            return hint(text)
        except ValueError:
            raise _wrong(key, "a whole number" if hint is int else "a number") from None
    if hint is str or hint is Path:
        return text
    return [item.strip() for item in text.split(",") if item.strip()]


def _number(key: str, value: Any, *, whole: bool) -> float | int:
    if isinstance(value, bool) or not isinstance(value, int if whole else (int, float)):
        raise _wrong(key, "a whole number" if whole else "a number")
    if isinstance(value, float) and not math.isfinite(value):
        raise _wrong(key, "a finite number")
    if value not in (allowed := range_of(key, whole=whole)):
        raise _wrong(key, str(allowed))
    return int(value) if whole else float(value)


def _is_http(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _wrong(key: str, wanted: str) -> ConfigError:
    return ConfigError(f"{key} must be {wanted}", key=key)
