"""`towline version`."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed

from cli import console

#: The packages whose versions decide what Towline computes.
PACKAGES = (
    "numpy",
    "numba",
    "scipy",
    "ortools",
    "h3",
    "pymetis",
    "shapely",
    "geopandas",
    "osmnx",
    "osmium",
    "grpcio",
    "protobuf",
)


def version(json: console.Json = False) -> None:
    """Say which version this is, and of what."""
    python = platform.python_version()
    packages = {name: _version(name) for name in PACKAGES}
    if json:
        console.print_json({"towline": _version("towline"), "python": python, "packages": packages})
        return
    print(f"towline {_version('towline') or 'unreleased'} (Python {python})")
    print("  " + ", ".join(f"{name} {found or 'missing'}" for name, found in list(packages.items())[:6]))
    print("  " + ", ".join(f"{name} {found or 'missing'}" for name, found in list(packages.items())[6:]))


def _version(name: str) -> str | None:
    try:
        return installed(name)
    except PackageNotFoundError:
        return None
