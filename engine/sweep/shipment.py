"""What workers get once: the file of the region, which they map, and the world on it."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from pathlib import Path
from typing import Self

from engine.sweep.packing import packed
from engine.sweep.task import World
from graphs.store import SUFFIX, content_digest, save_region, stored_at

WORLD_SUFFIX = ".towline-world"


class Shipment:
    """Files for the workers of one machine; close it after use."""

    def __init__(self, world: World) -> None:
        """A region that is only in memory is stored in a temporary file. Raises RegionFileError without room for it."""
        self._folder = Path(tempfile.mkdtemp(prefix="towline-sweep-"))
        try:
            region = world.planner.region
            found = stored_at(region)
            self.region_path = found or save_region(region, self._folder / f"region{SUFFIX}")
            self.world_bytes = packed(world, region)
            self.world_digest = hashlib.blake2b(self.world_bytes, digest_size=16).hexdigest()
            self.world_path = self._folder / f"{self.world_digest}{WORLD_SUFFIX}"
            self.world_path.write_bytes(self.world_bytes)
        except BaseException:
            self.close()
            raise

    @property
    def region_digest(self) -> str:
        """Equal for files with equal content."""
        return content_digest(self.region_path)

    def close(self) -> None:
        """Remove what was written; workers that have it open keep it."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
