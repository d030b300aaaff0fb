"""Files that only their owner should be able to read."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from engine.server.logs import logger


def warn_if_open(path: Path) -> None:
    """A line in the log when everybody on the machine can read a secret. It is used all the same: a container may have
    it no other way."""
    if os.name == "posix" and path.stat().st_mode & stat.S_IROTH:
        logger.warning(
            "secret", extra={"file": str(path), "problem": "everybody on this machine can read it; chmod o-r"}
        )
