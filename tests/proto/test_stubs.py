"""The committed stubs."""

from __future__ import annotations

import sys
from importlib.metadata import version
from pathlib import Path

import pytest

PROTO = Path(__file__).resolve().parents[2] / "proto"
PINNED = "1.81.1"


def test_no_generated_stub_is_stale(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Generating again gives the committed bytes, no file more and none less: after a change run `make proto`."""
    assert version("grpcio-tools") == PINNED, "other versions write other bytes; install the constraints"
    monkeypatch.syspath_prepend(str(PROTO))
    sys.modules.pop("generate", None)
    from generate import PATTERNS, generate

    fresh = {path.relative_to(tmp_path): path.read_bytes() for path in generate(tmp_path)}
    committed = {path.relative_to(PROTO): path.read_bytes() for pattern in PATTERNS for path in PROTO.rglob(pattern)}
    assert sorted(fresh) == sorted(committed)
    assert [str(path) for path in fresh if fresh[path] != committed[path]] == []
