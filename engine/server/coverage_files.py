"""Maps, pictures and tables for GIS programs, as `towline coverage` writes them, in messages."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

from towline.v1 import coverage_service_pb2 as pb

from engine.coverage.evaluation import Result
from engine.coverage.expected_result import ToldCalls
from engine.coverage.frames import write_gis
from engine.coverage.planner import Planner
from engine.coverage.views import write_page, write_picture
from engine.render import MapPage, render_html
from engine.render.fonts import font_families
from engine.server import enums
from engine.server.coverage_words import FileFormat
from engine.staffing import ShiftPlan
from engine.staffing.page import write_shifts
from engine.staffing.picture import write_shifts_picture
from engine.texts import Language
from engine.texts.page_words import PageWords


def check_letters(formats: Iterable[int], language: str) -> None:
    """MapError before anything is reckoned for a picture that no font of this machine can write."""
    if FileFormat.PNG in enums.FILE_FORMAT.read_all(formats):
        font_families(PageWords(Language.of(language)).letters())


def files_of(
    formats: Iterable[int],
    planner: Planner,
    before: Result | None,
    after: Result,
    folder: Path,
    language: str,
    expected: ToldCalls | None = None,
) -> list[pb.CoverageFile]:
    """One of each format that is asked for; ``folder`` is where they stand meanwhile."""

    def write(each: FileFormat, path: Path) -> None:
        match each:
            case FileFormat.HTML:
                write_page(planner, before, after, path, language, expected)
            case FileFormat.PNG:
                write_picture(planner, before, after, path, language, expected)
            case _:
                write_gis(after.evaluations[0].coverage, path, after.origin())

    return _written(formats, folder, write)


def shift_files(formats: Iterable[int], plan: ShiftPlan, folder: Path, language: str) -> list[pb.CoverageFile]:
    """The page and the picture of a shift plan, as `files_of` has those of coverage."""
    drawing = {FileFormat.HTML: write_shifts, FileFormat.PNG: write_shifts_picture}
    return _written(formats, folder, lambda each, path: drawing[each](plan, path, language))


def _written(
    formats: Iterable[int], folder: Path, write: Callable[[FileFormat, Path], object]
) -> list[pb.CoverageFile]:
    wanted = enums.FILE_FORMAT.read_all(formats)
    found = []
    for each in (each for each in FileFormat if each in wanted):
        with TemporaryDirectory(dir=folder) as place:
            path = Path(place) / f"coverage.{each.value}"
            write(each, path)
            found.append(pb.CoverageFile(format=enums.FILE_FORMAT.write(each), content=path.read_bytes()))
    return found


def page_file(page: MapPage) -> pb.CoverageFile:
    """A page that is not one of coverage."""
    return pb.CoverageFile(format=enums.FILE_FORMAT.write(FileFormat.HTML), content=render_html(page).encode())
