"""The world of a sweep as bytes: a region is named, not carried, and what each process makes for itself is left out."""

from __future__ import annotations

import io
import pickle
from types import MappingProxyType
from typing import Any

import numpy as np

from graphs.metrics import MetricStore, TrafficProfile
from graphs.metrics.arc_times import ArcTimes
from graphs.metrics.once import OnceCache
from graphs.metrics.room import FeedLimits
from graphs.metrics.snapshot import TrafficSnapshot
from graphs.metrics.store import MetricView
from graphs.region import Region

#: Parts of a region that others refer to.
_PARTS = ("network", "search_graph", "hierarchy", "metric")
_REGION = "region"


def packed(content: object, region: Region) -> bytes:
    """Content as bytes, for `unpacked` with the same region."""
    buffer = io.BytesIO()
    _Packer(buffer, region).dump(content)
    return buffer.getvalue()


def unpacked(raw: bytes, region: Region) -> Any:
    """The content, on a region."""
    return _Unpacker(io.BytesIO(raw), region).load()


class _Packer(pickle.Pickler):
    def __init__(self, file: io.BytesIO, region: Region) -> None:
        super().__init__(file, protocol=5)
        self._names = {id(region): _REGION} | {id(getattr(region, part)): part for part in _PARTS}

    def persistent_id(self, obj: Any) -> str | None:
        return self._names.get(id(obj))

    def reducer_override(self, obj: Any) -> Any:
        match obj:
            case np.ndarray() if not obj.flags.writeable and not obj.dtype.hasobject:
                return _read_only, (obj.dtype.str, obj.shape, obj.tobytes())
            case MappingProxyType():
                return _proxy, (dict(obj),)
            case OnceCache():
                return _emptied, (obj._budget,)
            case ArcTimes():
                return ArcTimes, (obj.network, obj.profile)
            case MetricStore():
                return _store, (obj.region, obj.times.profile, obj.limits, obj.view().snapshot)
        return NotImplemented


class _Unpacker(pickle.Unpickler):
    def __init__(self, file: io.BytesIO, region: Region) -> None:
        super().__init__(file)
        self._region = region

    def persistent_load(self, pid: str) -> object:
        return self._region if pid == _REGION else getattr(self._region, pid)


def _read_only(dtype: str, shape: tuple[int, ...], raw: bytes) -> np.ndarray:
    """Kernels are compiled for arrays that cannot be written; others would be compiled for again."""
    return np.frombuffer(raw, dtype).reshape(shape)


def _proxy(content: dict[Any, Any]) -> MappingProxyType[Any, Any]:
    return MappingProxyType(content)


def _emptied(budget: int) -> OnceCache[Any, Any]:
    return OnceCache(budget, lambda _: 1)


def _store(region: Region, profile: TrafficProfile, limits: FeedLimits, snapshot: TrafficSnapshot) -> MetricStore:
    """A store that shows the same snapshot; nobody updates it."""
    made = MetricStore(region, profile, limits=limits)
    made._view = MetricView(snapshot, made)
    return made
