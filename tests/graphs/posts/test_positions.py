"""Kilometres on Ruta 5: interpolated along the right carriageway, and refused with a reason."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from graphs.errors import (
    CoordinateError,
    EmptyInputError,
    InputError,
    KilometreRangeError,
    MissingColumnError,
    PostConflictError,
    TowlineError,
    UnknownDirectionError,
    UnknownRoadError,
)
from graphs.geodesy import great_circle_m
from graphs.posts import Posts, PostTable, parse_kilometre
from graphs.posts.walking import place_at
from graphs.region import Region
from tests.graphs.posts.highway import Chain, carriageways, posts


@pytest.fixture(scope="module")
def chains(coquimbo: Region) -> tuple[Chain, Chain]:
    return carriageways(coquimbo.network)


@pytest.fixture(scope="module")
def known(coquimbo: Region, chains: tuple[Chain, Chain]) -> Posts:
    return Posts(coquimbo.network, coquimbo.snapper, PostTable.of(posts(coquimbo.network, *chains)))


def test_kilometres_lie_on_their_carriageway(coquimbo: Region, chains: tuple[Chain, Chain], known: Posts) -> None:
    """Both directions, every 130 m: the right arc of the right carriageway, metres from where the road says."""
    for chain, name, sign in ((chains[0], "norte", 1.0), (chains[1], "sur", -1.0)):
        whole = float(chain.passed[-1])
        last = np.floor(whole / 1000.0) * 1000.0
        for metres in np.arange(10.0, last, 130.0):
            km = 460.0 + (metres if sign > 0 else whole - metres) / 1000.0
            found = known.locate(f"Ruta 5 km {km:.4f} {name}")
            arc = int(found.positions.arc[0])
            assert arc in chain.arcs, (name, km)
            lon, lat = place_at(coquimbo.network, *chain.at(metres))
            assert great_circle_m(lon, lat, found.positions.lon[0], found.positions.lat[0]) < 5.0, (name, km)
            assert found.between[0] <= km <= found.between[1]


def test_it_is_the_road_and_not_the_straight_line(coquimbo: Region, chains: tuple[Chain, Chain]) -> None:
    """With posts 5 km apart the answer stays on the bends of the road."""
    sparse = Posts(coquimbo.network, coquimbo.snapper, PostTable.of(posts(coquimbo.network, *chains, every_m=5000.0)))
    found = sparse.locate("RUTA 5 NORTE K462+500 northbound")
    lon, lat = place_at(coquimbo.network, *chains[0].at(2500.0))
    assert great_circle_m(lon, lat, found.positions.lon[0], found.positions.lat[0]) < 15.0
    assert int(found.positions.arc[0]) in chains[0].arcs


def test_the_direction_may_stand_before_the_kilometre(known: Posts, chains: tuple[Chain, Chain]) -> None:
    """As in "Ruta 5 sur km 465"."""
    assert int(known.locate("Ruta 5 sur km 465").positions.arc[0]) in chains[1].arcs


@pytest.mark.parametrize(
    ("text", "error", "says"),
    [
        ("Ruta 43 km 5 norte", UnknownRoadError, r"posts of Ruta 5"),
        ("Ruta 5 km 465 este", UnknownDirectionError, r"'east' is no direction.*northbound, southbound"),
        ("Ruta 5 km 465", UnknownDirectionError, r"missing.*northbound, southbound"),
        ("Ruta 5 km 500 norte", KilometreRangeError, r"from km 460 to km 475; km 500"),
        ("Ruta 5 km 459.9 norte", KilometreRangeError, r"from km 460"),
    ],
)
def test_what_is_not_there_is_said_with_what_is(known: Posts, text: str, error: type[TowlineError], says: str) -> None:
    """Unknown roads and directions list the known ones, kilometres past the end the range."""
    with pytest.raises(error, match=says):
        known.locate(text)


def test_a_batch_reports_each_bad_text(known: Posts) -> None:
    """Good texts have positions, bad ones their error."""
    positions, errors = known.locate_each(["Ruta 5 km 465 norte", "nonsense", "Ruta 5 km 999 sur"])
    assert (positions.arc >= 0).tolist() == [True, False, False]
    assert [errors[i].reason for i in sorted(errors)] == ["INVALID_KILOMETRE", "KILOMETRE_OUT_OF_RANGE"]
    assert len(known.locate_each([])[0]) == 0


def test_posts_that_contradict_each_other_are_refused(coquimbo: Region, chains: tuple[Chain, Chain]) -> None:
    """Two posts swapped, and one kilometre at two places."""
    table = posts(coquimbo.network, *chains)
    swapped = table.copy()
    swapped.loc[[5, 6], "km"] = table.loc[[6, 5], "km"].to_numpy()
    with pytest.raises(PostConflictError, match="contradict each other"):
        PostTable.of(swapped, strict=True)
    twice = table.copy()
    twice.loc[6, "km"] = twice.loc[5, "km"]
    with pytest.raises(PostConflictError, match=r"km 465 .row 6. and km 465 .row 7. are .* apart"):
        PostTable.of(twice, strict=True)


@pytest.mark.parametrize(
    ("row", "change", "says"),
    [
        (5, {"km": 471.0}, "row 6: km 471 contradicts the other posts of Ruta 5 northbound"),
        (5, {"lon": -71.30}, "row 6: km 465 contradicts the other posts"),
        (5, {"km": 464.0}, "row 6: km 464 contradicts the other posts"),
        (5, {"km": "x"}, "row 6: km 'x' is no kilometre"),
        (5, {"lat": None}, "row 6: lat is empty"),
        (5, {"lat": 95.0}, "row 6: longitude"),
        (5, {"road": " "}, "row 6: names no road"),
    ],
)
def test_one_bad_post_does_not_block_its_road(
    coquimbo: Region, chains: tuple[Chain, Chain], row: int, change: dict[str, object], says: str
) -> None:
    """It is left out and named by its row; the others are used, over its place, too."""
    table = posts(coquimbo.network, *chains).astype(object)
    for column, value in change.items():
        table.loc[row, column] = value
    read = PostTable.of(table)
    (fault,) = read.faults
    assert str(fault).startswith(says)
    found = Posts(coquimbo.network, coquimbo.snapper, read).locate("Ruta 5 km 465.2 norte")
    lon, lat = place_at(coquimbo.network, *chains[0].at(5200.0))
    assert great_circle_m(lon, lat, found.positions.lon[0], found.positions.lat[0]) < 15.0
    assert found.between == (464.0, 466.0)
    with pytest.raises(InputError):
        PostTable.of(table, strict=True)


def test_swapped_posts_are_both_left_out(coquimbo: Region, chains: tuple[Chain, Chain]) -> None:
    """Nobody knows more about either."""
    table = posts(coquimbo.network, *chains)
    swapped = table.copy()
    swapped.loc[[5, 6], "km"] = table.loc[[6, 5], "km"].to_numpy()
    read = PostTable.of(swapped)
    assert [fault.row for fault in read.faults] == [6, 7]
    assert Posts(coquimbo.network, coquimbo.snapper, read).locate("Ruta 5 km 465.2 norte").between == (464.0, 467.0)


def test_a_road_of_which_no_posts_agree_says_so(coquimbo: Region, chains: tuple[Chain, Chain]) -> None:
    """The other roads are used; asked for this one the contradiction is told."""
    table = posts(coquimbo.network, *chains)
    absurd = table[:4].assign(road="Ruta 9", km=[1.0, 1.1, 1.2, 1.3])
    read = PostTable.of(pd.concat([table, absurd], ignore_index=True))
    assert len(read.faults) == 4
    with pytest.raises(PostConflictError, match=r"Ruta 9 northbound contradict each other: km 1 \(row"):
        read.carriageway(parse_kilometre("Ruta 9 km 1.2 norte"))
    with pytest.raises(PostConflictError, match="Ruta 9"):
        PostTable.of(absurd)


def test_posts_far_from_any_road_are_told(coquimbo: Region, chains: tuple[Chain, Chain]) -> None:
    """One is left out and named; when all are, the table is of another place."""
    table = posts(coquimbo.network, *chains)
    moved = table.copy()
    moved.loc[0, "lon"] = table.loc[0, "lon"] - 0.004
    known = Posts(coquimbo.network, coquimbo.snapper, PostTable.of(moved))
    (remark,) = known.remarks()
    assert remark.startswith("1 post is left out (row 1: km 460 of Ruta 5 northbound is more than 150 m")
    assert known.locate("Ruta 5 km 465.2 norte").between == (465.0, 466.0)
    with pytest.raises(KilometreRangeError, match="from km 461"):
        known.locate("Ruta 5 km 460.5 norte")
    elsewhere = Posts(coquimbo.network, coquimbo.snapper, PostTable.of(table.assign(lon=table["lon"] - 5.0)))
    (remark,) = elsewhere.remarks()
    assert remark.startswith(f"none of the {len(table)} posts is within 150 m of a road")
    with pytest.raises(PostConflictError, match="No post of Ruta 5 northbound is within 150 m"):
        elsewhere.locate("Ruta 5 km 465.2 norte")
    whole = Posts(coquimbo.network, coquimbo.snapper, PostTable.of(table))
    assert whole.remarks() == []


def test_posts_that_contradict_the_road_are_refused(coquimbo: Region, chains: tuple[Chain, Chain]) -> None:
    """Kilometres that stretch the road threefold."""
    table = posts(coquimbo.network, *chains)
    stretched = table.assign(km=460.0 + (table["km"] - 460.0) * 3.0)
    with pytest.raises(PostConflictError, match="by road, not 3,000 m"):
        Posts(coquimbo.network, coquimbo.snapper, PostTable.of(stretched)).locate("Ruta 5 km 464 norte")


def test_tables_that_cannot_be_used_say_why(coquimbo: Region, chains: tuple[Chain, Chain], tmp_path: Path) -> None:
    """A missing column, no rows, no number, no place on Earth; a good one comes back from CSV."""
    table = posts(coquimbo.network, *chains)
    with pytest.raises(MissingColumnError, match="lack the column"):
        PostTable.of(table.drop(columns="km"))
    with pytest.raises(EmptyInputError):
        PostTable.of(table[:0])
    with pytest.raises(InputError, match="Row 1 of the posts: km 'x' is no kilometre"):
        PostTable.of(table.assign(km="x"))
    with pytest.raises(CoordinateError):
        PostTable.of(table.assign(lat=95.0))
    table.to_csv(tmp_path / "posts.csv", index=False)
    assert PostTable.read(tmp_path / "posts.csv").roads == ("Ruta 5",)


def test_rows_count_as_in_a_spreadsheet(coquimbo: Region, chains: tuple[Chain, Chain], tmp_path: Path) -> None:
    """The header of a CSV is row 1 and blank lines count; rows of Parquet count from 1."""
    table = posts(coquimbo.network, *chains).astype(str)
    table.loc[3, "km"] = "?"
    lines = table.to_csv(index=False).splitlines()
    (tmp_path / "posts.csv").write_text("\n".join([*lines[:2], "", *lines[2:]]))
    assert [fault.row for fault in PostTable.read(tmp_path / "posts.csv").faults] == [6]
    table.to_parquet(tmp_path / "posts.parquet")
    assert [fault.row for fault in PostTable.read(tmp_path / "posts.parquet").faults] == [4]
