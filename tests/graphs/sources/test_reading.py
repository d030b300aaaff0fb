"""Any source by its file name, and the files of tables."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from graphs.errors import CorruptFileError, EmptyInputError, FileMissingError, InputError, SourceError
from graphs.sources.columns import ColumnMapping
from graphs.sources.reading import read_source
from graphs.sources.table_files import read_table
from tests.graphs.sources.osm_xml import write_osm
from tests.graphs.sources.test_osm_file import PLACES, WAYS
from tests.graphs.towns import town_table


def test_tables_come_as_csv_gzip_tsv_and_parquet(tmp_path: Path) -> None:
    """Every kind of table gives the same arcs, and the source is the file's name without its folder."""
    table = town_table(1)
    table.to_csv(tmp_path / "t.csv", index=False)
    table.to_csv(tmp_path / "t.csv.gz", index=False)
    table.to_csv(tmp_path / "t.tsv", index=False, sep="\t")
    table.to_parquet(tmp_path / "t.parquet")
    read = {path.name: read_source(path, directed=False) for path in tmp_path.iterdir()}
    assert {raw.arc_count for raw in read.values()} == {read["t.csv"].arc_count}
    assert all(raw.info.source == name for name, raw in read.items())


def test_an_unknown_kind_of_file_lists_the_known_ones(tmp_path: Path) -> None:
    """A spreadsheet is refused with what could be read; a missing one as missing."""
    (tmp_path / "roads.xlsx").write_text("x")
    with pytest.raises(SourceError, match=r"\.csv.*\.osm"):
        read_source(tmp_path / "roads.xlsx")
    with pytest.raises(FileMissingError):
        read_source(tmp_path / "absent.xlsx")
    with pytest.raises(SourceError, match="no table"):
        read_table(write_osm(tmp_path / "a.osm", PLACES, WAYS))


def test_options_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    """Nodes tables, directions and mappings belong to tables."""
    path = write_osm(tmp_path / "a.osm", PLACES, WAYS)
    with pytest.raises(SourceError, match="nodes table"):
        read_source(path, nodes=path)
    with pytest.raises(SourceError, match="one-way"):
        read_source(path, directed=False)
    with pytest.raises(SourceError, match="mapped"):
        read_source(path, mapping=ColumnMapping(u="from"))


@pytest.mark.parametrize("pair", ["u", "u=", "speed=x", "=x"])
def test_a_mapping_that_maps_nothing_is_refused(pair: str) -> None:
    """The message lists the roles."""
    with pytest.raises(SourceError, match="maxspeed_backward"):
        ColumnMapping.parse([pair])


def test_unreadable_tables_say_why(tmp_path: Path) -> None:
    """Missing, empty, cut, foreign and wrongly encoded files each give their own error."""
    cut = tmp_path / "cut.csv.gz"
    cut.write_bytes(gzip.compress(town_table(1).to_csv().encode())[:400])
    parquet = tmp_path / "cut.parquet"
    town_table(1).to_parquet(parquet)
    parquet.write_bytes(parquet.read_bytes()[:500])
    (tmp_path / "empty.csv").touch()
    (tmp_path / "blank.csv").write_text("\n\n")
    (tmp_path / "latin.csv").write_bytes("u,v\nä,ö".encode("latin-1"))
    for name, error in {
        "absent.csv": FileMissingError,
        "empty.csv": EmptyInputError,
        "blank.csv": EmptyInputError,
        "latin.csv": InputError,
        "cut.csv.gz": CorruptFileError,
        "cut.parquet": CorruptFileError,
    }.items():
        with pytest.raises(error):
            read_table(tmp_path / name)
    with pytest.raises(FileMissingError, match="folder"):
        read_table(tmp_path)
