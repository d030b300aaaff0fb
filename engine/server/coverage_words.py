"""Words of coverage that the contract has as enums."""

from __future__ import annotations

from enum import StrEnum


class CrewSelection(StrEnum):
    """Which crews count: `engine.coverage.stands.Crews`."""

    ALL = "all"
    ON_DUTY = "on_duty"
    FREE = "free"


class DemandSource(StrEnum):
    """Where demand is from."""

    CONFIGURED = "configured"
    POPULATION = "population"
    JUNCTIONS = "junctions"
    REQUEST = "request"


class FileFormat(StrEnum):
    """What is written for people and their programs."""

    HTML = "html"
    PNG = "png"
    GEOJSON = "geojson"
    GEOPARQUET = "parquet"
    GPKG = "gpkg"
