"""The region file: one versioned, checksummed file whose arrays are used where they lie.

Layout, little-endian, every part aligned to 64 bytes::

    header    64 bytes: magic, format version, file size, manifest length, CRC-32 of the manifest, CRC-32 of the header
    manifest  JSON: metadata, and of every array its name, dtype, shape, offset, byte count and CRC-32
    arrays    raw bytes, zero-padded; arrays that a network may be without are left out where it is

Every byte is covered by a checksum, so a damaged file never opens as a wrong region.
"""

from __future__ import annotations

import hashlib
import json
import mmap
import os
import secrets
import struct
import zlib
from contextlib import suppress
from dataclasses import fields
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from graphs.errors import ForeignFileError, RegionFileError, RegionNotFoundError, RegionVersionError, TruncatedFileError
from graphs.network import OPTIONAL_ARRAYS, RoadNetwork
from graphs.region import Region, RegionMetadata
from graphs.search.hierarchy import Hierarchy
from graphs.search_graph import SearchGraph

SUFFIX = ".towline-region"
MAGIC = b"\x89TOWLN\r\n"
FORMAT_VERSION = 2
ALIGNMENT = 64
#: magic, format version, CRC of the manifest, file size, manifest length; the header's own CRC ends its 64 bytes.
_HEADER = struct.Struct("<8sIIQQ28x")
_HEADER_CRC = struct.Struct("<I")
#: Where regions were opened from, with the headers of their files.
_opened: WeakKeyDictionary[Region, tuple[Path, bytes]] = WeakKeyDictionary()
_BUILD_AGAIN = "build it again with `towline region build`"


def save_region(region: Region, path: str | Path) -> Path:
    """Write ``region`` to ``path`` at once: a reader sees the old file or the whole new one, never a part.

    Raises `RegionFileError` when the place cannot be written.
    """
    path = Path(path)
    arrays = _arrays_of(region)
    entries, offset = [], 0
    for name, array in arrays.items():
        entries.append({"name": name, "dtype": array.dtype.str, "shape": array.shape, "offset": offset})
        entries[-1] |= {"bytes": array.nbytes, "crc": zlib.crc32(_padded(array))}
        offset += _aligned(array.nbytes)
    content = {"metadata": region.metadata.to_dict(), "arrays": entries}
    manifest = json.dumps(content, ensure_ascii=False, sort_keys=True).encode()
    manifest += b" " * (_aligned(len(manifest)) - len(manifest))
    size = ALIGNMENT + len(manifest) + offset
    header = _HEADER.pack(MAGIC, FORMAT_VERSION, zlib.crc32(manifest), size, len(manifest))
    header += _HEADER_CRC.pack(zlib.crc32(header))
    temporary = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("xb") as file:
            file.write(header)
            file.write(manifest)
            for array in arrays.values():
                file.write(array.data)
                file.write(b"\0" * (_aligned(array.nbytes) - array.nbytes))
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        raise RegionFileError(
            f"Cannot write the region to {path}: {error.strerror}. Choose a folder you may write to, with room for "
            f"{size / 1e6:,.0f} MB.",
            path=path,
        ) from error
    finally:
        with suppress(OSError):
            temporary.unlink()
    _sync_folder(path.parent)
    return path


def open_region(path: str | Path) -> Region:
    """Map the region at ``path``; its arrays are read-only and shared with every process that opens it.

    `stored_at` tells where it came from.

    Raises `RegionNotFoundError`, `ForeignFileError`, `RegionVersionError` or `TruncatedFileError`.
    """
    path = Path(path)
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            if size == 0:
                raise TruncatedFileError(f"{path} is empty; {_BUILD_AGAIN}.", path=path)
            view = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    except FileNotFoundError:
        raise RegionNotFoundError(
            f"There is no region at {path}; check the path, or build one with `towline region build`.", path=path
        ) from None
    except IsADirectoryError:
        raise ForeignFileError(f"{path} is a folder; give the path of a {SUFFIX} file.", path=path) from None
    except OSError as error:
        raise RegionFileError(f"Cannot open {path}: {error.strerror}.", path=path) from error
    manifest, start = _read_manifest(view, path)
    arrays: dict[str, np.ndarray] = {}
    for entry in manifest["arrays"]:
        begin = start + entry["offset"]
        part = view[begin : begin + _aligned(entry["bytes"])]
        if zlib.crc32(part) != entry["crc"]:
            raise _damaged(path, f"the checksum of {entry['name']} does not match")
        flat = np.frombuffer(part[: entry["bytes"]], dtype=entry["dtype"])
        arrays[entry["name"]] = flat.reshape(entry["shape"])
    try:
        region = _region_of(arrays, RegionMetadata.from_dict(manifest["metadata"]))
    except (KeyError, TypeError) as error:  # sound, but with other arrays than this release knows
        raise RegionVersionError(
            f"{path} was written by another version of Towline (it differs in {error}); {_BUILD_AGAIN}.", path=path
        ) from error

    _opened[region] = path.absolute(), bytes(view[:ALIGNMENT])
    return region


def stored_at(region: Region) -> Path | None:
    """The file that a region was opened from, while it is still the same; None of a region made in memory."""
    path, header = _opened.get(region, (None, b""))
    with suppress(OSError):
        if path is not None and _header(path) == header:
            return path
    return None


def content_digest(path: Path) -> str:
    """Thirty-two hex digits of a region file's content: its header has the checksum of its arrays' checksums."""
    with path.open("rb") as file:
        start = file.read(ALIGNMENT)
        manifest = file.read(_HEADER.unpack_from(start)[4])
    return hashlib.blake2b(start + manifest, digest_size=16).hexdigest()


def _header(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(ALIGNMENT)


def _read_manifest(view: memoryview, path: Path) -> tuple[dict[str, Any], int]:
    known = min(len(view), len(MAGIC))
    if bytes(view[:known]) != MAGIC[:known]:
        raise ForeignFileError(
            f"{path} is not a Towline region; give a {SUFFIX} file, or build one with `towline region build`.",
            path=path,
        )
    if len(view) < ALIGNMENT:
        raise _damaged(path, "it ends within its header")
    _, version, manifest_crc, size, manifest_size = _HEADER.unpack_from(view)
    if version != FORMAT_VERSION:
        age = "an older" if version < FORMAT_VERSION else "a newer"
        advice = _BUILD_AGAIN if version < FORMAT_VERSION else f"update Towline or {_BUILD_AGAIN}"
        raise RegionVersionError(
            f"{path} was written by {age} version of Towline (format {version}; this one reads {FORMAT_VERSION}); "
            f"{advice}.",
            path=path,
            found=version,
            expected=FORMAT_VERSION,
        )
    (header_crc,) = _HEADER_CRC.unpack_from(view, _HEADER.size)
    if header_crc != zlib.crc32(view[: _HEADER.size]):
        raise _damaged(path, "the checksum of its header does not match")
    if size != len(view):
        raise _damaged(path, f"it has {len(view):,} bytes of {size:,}")
    start = ALIGNMENT + manifest_size
    manifest = view[ALIGNMENT:start]
    if zlib.crc32(manifest) != manifest_crc:
        raise _damaged(path, "the checksum of its manifest does not match")
    return json.loads(bytes(manifest)), start


def _damaged(path: Path, what: str) -> TruncatedFileError:
    return TruncatedFileError(f"{path} is damaged: {what}. Copy it again or {_BUILD_AGAIN}.", path=path, what=what)


def _arrays_of(region: Region) -> dict[str, np.ndarray]:
    found = {}
    for item in fields(RoadNetwork):
        value = getattr(region.network, item.name)
        if item.name == "strings":
            encoded = [text.encode() for text in value]
            found["network.strings"] = np.frombuffer(b"".join(encoded), np.uint8)
            lengths = np.fromiter(map(len, encoded), np.int64, len(encoded))
            found["network.string_end"] = np.cumsum(lengths)
        elif value.size or item.name not in OPTIONAL_ARRAYS:
            found[f"network.{item.name}"] = value
    if not region.search_graph.is_identity:  # otherwise it is the network's own arrays
        found |= {f"graph.{item.name}": getattr(region.search_graph, item.name) for item in fields(SearchGraph)}
    found |= {f"hierarchy.{name}": array for name, array in region.hierarchy.arrays().items()}
    return {name: np.ascontiguousarray(array, array.dtype.newbyteorder("<")) for name, array in found.items()}


def _region_of(arrays: dict[str, np.ndarray], metadata: RegionMetadata) -> Region:
    parts: dict[str, dict[str, Any]] = {"network": {}, "graph": {}, "hierarchy": {}}
    for name, array in arrays.items():
        part, _, field_name = name.partition(".")
        parts[part][field_name] = array
    network = parts["network"]
    blob, ends = network.pop("strings").tobytes(), network.pop("string_end").tolist()
    strings = tuple(blob[start:end].decode() for start, end in zip([0, *ends[:-1]], ends, strict=True))
    roads = RoadNetwork(**network, strings=strings)
    graph = SearchGraph(**parts["graph"]) if parts["graph"] else SearchGraph.identity(roads)
    return Region(roads, graph, Hierarchy.from_arrays(parts["hierarchy"]), metadata)


def _aligned(size: int) -> int:
    return -(-size // ALIGNMENT) * ALIGNMENT


def _padded(array: np.ndarray) -> bytes:
    return array.tobytes() + b"\0" * (_aligned(array.nbytes) - array.nbytes)


def _sync_folder(folder: Path) -> None:
    """Make the rename itself durable, where the system lets folders be synced."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
