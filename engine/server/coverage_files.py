"""Maps, pictures and tables for GIS programs, as `towline coverage` writes them, in messages."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

from towline.v1 import coverage_service_pb2 as pb

from engine.coverage.evaluation import Result
from engine.coverage.frames import write_gis
from engine.coverage.planner import Planner
from engine.coverage.views import write_page, write_picture
from engine.render import MapPage, render_html
from engine.server import enums
from engine.server.coverage_words import FileFormat


def files_of(
    formats: Iterable[int], planner: Planner, before: Result | None, after: Result, folder: Path, language: str
) -> list[pb.CoverageFile]:
    """One of each format that is asked for; ``folder`` is where they stand meanwhile."""
    wanted = enums.FILE_FORMAT.read_all(formats)
    found = []
    for each in (each for each in FileFormat if each in wanted):
        with TemporaryDirectory(dir=folder) as place:
            path = Path(place) / f"coverage.{each.value}"
            match each:
                case FileFormat.HTML:
                    write_page(planner, before, after, path, language)
                case FileFormat.PNG:
                    write_picture(planner, before, after, path, language)
                case _:
                    write_gis(after.evaluations[0].coverage, path, after.origin())
            found.append(pb.CoverageFile(format=enums.FILE_FORMAT.write(each), content=path.read_bytes()))
    return found


def page_file(page: MapPage) -> pb.CoverageFile:
    """A page that is not one of coverage."""
    return pb.CoverageFile(format=enums.FILE_FORMAT.write(FileFormat.HTML), content=render_html(page).encode())
