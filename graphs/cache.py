"""Where Towline keeps what it can make again."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def cache_folder() -> Path:
    """``$TOWLINE_CACHE_DIR``, or Towline's part of the platform's cache folder; it need not exist yet."""
    if chosen := os.environ.get("TOWLINE_CACHE_DIR"):
        return Path(chosen)
    if base := os.environ.get("XDG_CACHE_HOME"):
        return Path(base) / "towline"
    if sys.platform == "win32" and (base := os.environ.get("LOCALAPPDATA")):
        return Path(base) / "towline" / "Cache"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "towline"
    return Path.home() / ".cache" / "towline"
