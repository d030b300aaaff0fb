"""Descriptors of the contract, and of its comments, for tests that hold for all of it."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[2] / "proto" / "towline" / "v1"


def files() -> list[Any]:
    """Descriptor of every proto file."""
    return [
        importlib.import_module(f"towline.v1.{path.stem}_pb2").DESCRIPTOR for path in sorted(FOLDER.glob("*.proto"))
    ]


def methods() -> Iterator[Any]:
    """Descriptor of every RPC."""
    for file in files():
        for service in file.services_by_name.values():
            yield from service.methods


def comment_of(method: Any) -> str:
    """The comment above an RPC in its proto file, as one line."""
    lines = (FOLDER / Path(method.containing_service.file.name).name).read_text("utf-8").splitlines()
    at = next(i for i, line in enumerate(lines) if line.strip().startswith(f"rpc {method.name}("))
    above: list[str] = []
    while lines[at - 1].strip().startswith("//"):
        at -= 1
        above.insert(0, lines[at].strip().removeprefix("//").strip())
    return " ".join(above)
