"""Configuration that nobody would write: refused, never a bug, never quoted where it could be a secret."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.server.config import schema
from engine.server.config_file import load_config, variable
from engine.server.config_shown import shown_toml
from graphs.errors import TowlineError

KEYS = [*schema(), "security.client", "security.token", "limits", "server", "nothing", "server.nothing"]
SCALARS = st.one_of(
    st.booleans(),
    st.integers(-(2**62), 2**62),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    st.sampled_from(["127.0.0.1:1", "postgresql://u:hush@h/d", "https://x/y", "sqlite:///x", "RS256"]),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["name", "roles", "regions", "x", "url", "audience"]), inner, max_size=3),
    ),
    max_leaves=6,
)


def toml(value: Any) -> str:
    """As TOML: JSON but for tables, which are written inline."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {toml(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(toml(item) for item in value) + "]"
    return json.dumps(value).replace("\x7f", "\\u007f")


def told(path: Path) -> str:
    """The configuration as it is shown, or what is wrong with it."""
    try:
        return shown_toml(load_config(path))
    except TowlineError as error:
        return error.message + str(error.metadata)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=4))
def test_any_file(tmp_path: Path, values: dict[str, Any]) -> None:
    """It is taken or refused with an error of its own; what is taken can be shown."""
    path = tmp_path / "towline.toml"
    path.write_text("\n".join(f"{key} = {toml(value)}" for key, value in values.items()), "utf-8")
    assert "hush" not in told(path)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from([variable(key) for key in KEYS]), st.text(max_size=20), max_size=3))
def test_any_environment(values: dict[str, str]) -> None:
    """The same of variables."""
    try:
        config = load_config(None, values)
    except TowlineError:
        return
    shown_toml(config)


@pytest.mark.parametrize(
    "text", ["[server]\nserver.address = 1", "[limits.max_calls]\nx = 1", "a.b.c.d = 1", "[[limits]]"]
)
def test_tables_in_the_wrong_place(tmp_path: Path, text: str) -> None:
    """A table where a value must be, and the other way round."""
    path = tmp_path / "towline.toml"
    path.write_text(text)
    with pytest.raises(TowlineError):
        load_config(path)
