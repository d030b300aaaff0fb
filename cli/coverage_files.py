"""Files that coverage commands write: a map, a picture, layers for GIS programs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli import console

if TYPE_CHECKING:
    from engine.coverage.evaluation import Result
    from engine.coverage.planner import Planner
    from engine.render import MapPage
    from engine.texts import Language

MapChoice = Annotated[Path | None, typer.Option("--map", help="Write a map that opens offline: .html.")]
PictureChoice = Annotated[Path | None, typer.Option("--picture", help="Write a picture for slides: .png.")]
GisChoice = Annotated[
    Path | None, typer.Option("--gis", help="Write cells (and roads, stands) for GIS: .parquet, .gpkg or .geojson.")
]

LangChoice = Annotated[str, typer.Option("--lang", help="Language of the map and the picture: en, zh.")]


def check_files(outputs: Mapping[str, Path | None], inputs: Mapping[str, Path | None]) -> None:
    """Refuse what cannot be written before anything is read; outputs and inputs by option."""
    from engine.coverage.frames import check_gis
    from engine.errors import FileFormatError
    from engine.tables.outputs import keep_apart
    from engine.tables.write import check_folder, check_map

    keep_apart(outputs, inputs)
    for option, path in outputs.items():
        if path is None:
            continue
        if option == "--map":
            check_map(path)
            continue
        if option == "--gis":
            check_gis(path)
        ending = {"--picture": ".png", "--write-scenario": ".toml", "--save": ".toml", "--csv": ".csv"}.get(option)
        if ending is not None and path.suffix.lower() != ending:
            raise FileFormatError(f"{path.name} must end in {ending}", file=path, ending=path.suffix)
        check_folder(path)


def write_files(
    planner: Planner,
    before: Result | None,
    after: Result,
    map: Path | None,
    picture: Path | None,
    gis: Path | None,
    scenario: tuple[Path, str] | None = None,
    language: Language | str = "en",
) -> None:
    """All of them or none; ``scenario`` is a file and its text, ``language`` that of the map and the picture."""
    from engine.tables.outputs import Outputs

    with Outputs() as files:
        if scenario is not None:
            path, text = scenario
            files.write(path, lambda part: part.write_text(text, "utf-8"))
        if gis is not None:
            from engine.coverage.frames import write_gis

            files.write(gis, lambda part: write_gis(after.evaluations[0].coverage, part, after.origin()))
        if map is not None:
            from engine.coverage.views import write_page

            with console.working("Drawing the map"):
                files.write(map, lambda part: write_page(planner, before, after, part, language))
        if picture is not None:
            from engine.coverage.views import write_picture

            with console.working("Drawing the picture"):
                files.write(picture, lambda part: write_picture(planner, before, after, part, language))
    tell_files(len(after.evaluations), map, picture, gis, None if scenario is None else scenario[0])


def write_one(map: Path, page: MapPage) -> None:
    """A page that is not one of coverage."""
    from engine.render import write_html
    from engine.tables.outputs import Outputs

    with Outputs() as files:
        files.write(map, lambda part: write_html(page, part))
    console.note(f"map written to {map}")


def tell_files(
    evaluations: int, map: Path | None, picture: Path | None, gis: Path | None, scenario: Path | None
) -> None:
    """What was written where."""
    if gis is not None and evaluations > 1:
        console.note(f"{gis.name} holds the first of {evaluations} answers; ask for one service and hour")
    for what, path in (("map", map), ("picture", picture), ("GIS file", gis), ("scenario", scenario)):
        if path is not None:
            console.note(f"{what} written to {path}")
