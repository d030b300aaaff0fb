"""Where the cache lies."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from graphs.cache import cache_folder


def test_the_users_choice_comes_before_the_platforms(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """TOWLINE_CACHE_DIR, then XDG_CACHE_HOME, then the home folder's cache."""
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    monkeypatch.setenv("TOWLINE_CACHE_DIR", str(tmp_path / "mine"))
    assert cache_folder() == tmp_path / "mine"
    monkeypatch.delenv("TOWLINE_CACHE_DIR")
    assert cache_folder() == tmp_path / "xdg" / "towline"
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert cache_folder() == tmp_path / ".cache" / "towline"
