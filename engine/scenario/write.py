"""TOML of plain tables: one way to write each value, so that equal scenarios have equal text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

#: Lists are broken into lines beyond it.
WIDTH = 120


def toml_of(raw: Mapping[str, Any]) -> str:
    """A document of tables, lists of tables, numbers, texts, times and lists of them."""
    return "\n".join(_table(raw, "")).strip("\n") + "\n" if raw else ""


def _table(content: Mapping[str, Any], name: str) -> Iterator[str]:
    """Its own values first, then the tables in it."""
    later: list[tuple[str, Any]] = []
    for key, value in content.items():
        if isinstance(value, Mapping) or (isinstance(value, list) and value and isinstance(value[0], Mapping)):
            later.append((f"{name}.{key}" if name else key, value))
        else:
            yield from _pair(key, value)
    for key, value in later:
        if isinstance(value, Mapping):
            yield from ("", f"[{key}]")
            yield from _table(value, key)
            continue
        for each in value:
            yield from ("", f"[[{key}]]")
            yield from _table(each, key)


def _pair(key: str, value: Any) -> Iterator[str]:
    line = f"{key} = {_value(value)}"
    if len(line) <= WIDTH or not isinstance(value, list):
        yield line
        return
    yield f"{key} = ["
    for item in value:
        yield f"  {_value(item)},"
    yield "]"


def _value(value: Any) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(_value(item) for item in value) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if isinstance(value, datetime):
        return value.isoformat()
    return repr(value)
