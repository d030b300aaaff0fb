"""A rival in a process of its own, asked over pipes."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).parent


class RivalError(Exception):
    """A rival could not be started, or refused."""


@dataclass(frozen=True)
class Answer:
    """What a rival gave, and the milliseconds that it took."""

    ms: float
    value: np.ndarray | None
    content: dict[str, Any]


class Rival:
    """One engine; to be used as a context, so that its process ends."""

    def __init__(self, name: str, python: Path, script: str, *arguments: str) -> None:
        self.name = name
        self._folder = tempfile.TemporaryDirectory(prefix="towline-peers-")
        self._log = (Path(self._folder.name) / "log.txt").open("w+", encoding="utf-8")
        command = [str(python), str(HERE / script), *arguments]
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
            env={**os.environ, "PYTHONPATH": str(HERE.parents[1])},
        )

    def __enter__(self) -> Rival:
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._log.close()
        self._folder.cleanup()

    @property
    def folder(self) -> Path:
        return Path(self._folder.name)

    def ask(self, operation: str, **arguments: Any) -> Answer:
        """Raises `RivalError` with what the engine said."""
        assert self._process.stdin
        assert self._process.stdout
        out = self.folder / "out.npy"
        out.unlink(missing_ok=True)
        sent = {}
        for key, value in arguments.items():
            sent[key] = str(value)
            if isinstance(value, np.ndarray):
                sent[key] = str(self.folder / f"{key}.npy")
                np.save(sent[key], value)
        request = {"operation": operation, "arguments": sent, "out": str(out)}
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            self._log.flush()
            raise RivalError(f"{self.name} ended: {Path(self._log.name).read_text('utf-8')[-500:]}")
        content = json.loads(line)
        if "error" in content:
            raise RivalError(f"{self.name}: {content['error']}")
        return Answer(content["ms"], np.load(out) if out.exists() else None, content)
