"""Incidents and fleet from files: everything right is read, everything wrong is reported at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.errors import TableError
from engine.model import (
    Capability,
    Fleet,
    Incident,
    Location,
    Priority,
    Provider,
    Service,
    Unit,
    UnitStatus,
)
from engine.policy import Policy
from engine.tables.inputs import save_case
from engine.tables.load import load_batch, load_fleet
from engine.tables.points import load_points
from engine.tables.problems import Problems
from graphs.errors import EmptyInputError, MissingColumnError
from graphs.region import Region
from graphs.snapping.query import Side
from tests.engine.tables.conftest import INCIDENT, NOW, UNIT

Write = Callable[..., Path]

CELLS = ("87b2c5a6effffff", "87b2c5a6cffffff")
ids = st.text("abcXYZ019-_/é中", min_size=1, max_size=8)
services = st.frozensets(st.sampled_from(Service), min_size=1)
capabilities = st.frozensets(st.sampled_from(Capability))
degrees = st.builds(
    Location, st.floats(-180, 180).map(lambda x: round(x, 6)), st.floats(-90, 90).map(lambda y: round(y, 6))
)
places = st.builds(
    Location,
    st.floats(-180, 180).map(lambda x: round(x, 6)),
    st.floats(-90, 90).map(lambda y: round(y, 6)),
    heading=st.none() | st.integers(0, 360).map(float),
    heading_tolerance=st.none() | st.integers(1, 180).map(float),
    accuracy_m=st.none() | st.integers(0, 900).map(float),
    road=st.sampled_from(["", "G2", "Ruta 5 Norte", "京沪高速"]),
    direction=st.sampled_from(["", "northbound", "北向"]),
    level=st.none() | st.integers(-10, 10),
    side=st.sampled_from(Side),
)
minutes = st.integers(1, 600).map(lambda m: timedelta(minutes=m))


@st.composite
def cases(draw: st.DrawFn) -> tuple[Fleet, tuple[Incident, ...]]:
    """A fleet and incidents that a file can hold."""
    providers = tuple(
        Provider(
            id=name,
            name=draw(ids),
            services=draw(services),
            territory=draw(st.frozensets(st.sampled_from(CELLS))),
            base=draw(st.none() | places),
            crews=draw(st.integers(1, 40)),
            call_out_price=draw(st.integers(0, 500)),
            contractor=draw(st.booleans()),
        )
        for name in draw(st.lists(ids, min_size=1, max_size=3, unique=True))
    )
    units = tuple(
        Unit(
            id=name,
            provider_id=draw(st.sampled_from(providers)).id,
            location=draw(places),
            services=draw(services),
            capabilities=draw(capabilities),
            status=draw(st.sampled_from(UnitStatus)),
            free_at=draw(st.none() | minutes.map(lambda span: NOW + span)),
            free_location=draw(st.none() | degrees),
            mobilisation=draw(minutes),
        )
        for name in draw(st.lists(ids, min_size=1, max_size=4, unique=True))
    )
    incidents = tuple(
        Incident(
            id=name,
            location=draw(places),
            service=draw(st.sampled_from(Service)),
            received_at=NOW - draw(minutes),
            requires=draw(capabilities),
            priority=draw(st.sampled_from(Priority)),
            promise=draw(st.none() | minutes),
            due_at=draw(st.none() | minutes.map(lambda span: NOW + span)),
            assigned_unit_id=draw(st.none() | st.sampled_from([unit.id for unit in units])),
        )
        for name in draw(st.lists(ids, min_size=1, max_size=4, unique=True))
    )
    return Fleet(providers, units), incidents


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cases())
def test_what_is_written_is_read_back_equal(tmp_path: Path, case: tuple[Fleet, tuple[Incident, ...]]) -> None:
    """Any fleet and incidents survive the trip through CSV unchanged."""
    fleet, incidents = case
    save_case(tmp_path, "x", fleet, incidents)
    files = [tmp_path / f"x-{kind}.csv" for kind in ("incidents", "units", "providers")]
    batch = load_batch(files[0], files[1], files[2], now=NOW)
    assert batch.fleet == fleet
    assert batch.incidents == incidents
    assert batch.notes == ()


def test_optional_columns_have_the_documented_defaults(table: Write) -> None:
    """A file of required columns alone gives normal incidents and units that can do everything."""
    batch = load_batch(
        table("i.csv", INCIDENT, "i1,-71.25,-29.9,towing,2026-03-03T18:25:00-03:00"),
        table("u.csv", UNIT, "u1,-71.25,-29.9", "u2,-71.26,-29.9"),
        now=NOW,
    )
    assert batch.incidents == (Incident("i1", Location(-71.25, -29.9), Service.TOWING, NOW - timedelta(minutes=5)),)
    assert batch.fleet.units[0] == Unit("u1", "own", Location(-71.25, -29.9), frozenset(Service))
    assert batch.fleet.providers == (Provider("own", services=frozenset(Service), crews=2),)


def test_units_take_the_services_of_their_provider(table: Write) -> None:
    """With a table of providers an empty services cell means what the provider offers."""
    fleet, _ = load_fleet(
        table("u.csv", UNIT + ",provider_id,services", "u1,1,1,p,", "u2,1,1,p,towing"),
        table("p.csv", "provider_id,services", "p,towing;airport_transfer"),
        now=NOW,
    )
    assert fleet.units[0].services == {Service.TOWING, Service.AIRPORT_TRANSFER}
    assert fleet.units[1].services == {Service.TOWING}


def test_providers_alone_give_their_crews_at_the_base(table: Write) -> None:
    """Three crews without live tracking are three units at the base, with the provider's capabilities."""
    header = "provider_id,lon,lat,crews,services,capabilities"
    fleet, _ = load_fleet(None, table("p.csv", header, "p,-71.25,-29.9,3,towing,winch"), now=NOW)
    assert [unit.id for unit in fleet.units] == ["p/1", "p/2", "p/3"]
    assert {unit.capabilities for unit in fleet.units} == {frozenset({Capability.WINCH})}
    with pytest.raises(TableError, match="needs a base"):
        load_fleet(None, table("p.csv", "provider_id,crews", "p,3"), now=NOW)
    with pytest.raises(EmptyInputError, match="no fleet"):
        load_fleet(None, None, now=NOW)


def test_crews_are_counted_before_they_are_made(table: Write) -> None:
    """Absurd numbers of crews, fractions and too many in all are problems of their rows, not of the memory."""
    header = "provider_id,lon,lat,crews"
    rows = ("a,-71.25,-29.9,100000000", "b,-71.25,-29.9,2.5", "c,-71.25,-29.9,0", "d,-71.25,-29.9,1e3")
    with pytest.raises(TableError) as caught:
        load_fleet(None, table("p.csv", header, *rows), now=NOW)
    assert [(problem.row, problem.column) for problem in caught.value.problems] == [
        (2, "crews"),
        (3, "crews"),
        (4, "crews"),
    ]
    many = table("p.csv", header, *(f"p{number},-71.25,-29.9,10000" for number in range(102)))
    with pytest.raises(TableError, match=r"row 102 crews.*1,010,000 of 1,020,000; at most 1,000,000"):
        load_fleet(None, many, now=NOW)


def test_control_characters_are_refused(table: Write) -> None:
    """In ids, names and references; the message shows them as escapes."""
    providers = table("p.csv", "provider_id,name", "p,Good", "q\x1b[31m,x", "r,\x9b2J", "s\x00,x")
    units = table("u.csv", UNIT + ",provider_id", "u\u202e1,1,1,p")
    with pytest.raises(TableError) as caught:
        load_fleet(units, providers, now=NOW)
    found = {(problem.file, problem.row) for problem in caught.value.problems}
    assert found == {("p.csv", 3), ("p.csv", 4), ("p.csv", 5), ("u.csv", 2)}
    assert not {"\x1b", "\x9b", "\x00", "\u202e"} & set(str(caught.value))
    assert "q\\x1b[31m" in str(caught.value)


def test_an_unknown_priority_has_its_own_reason(table: Write) -> None:
    """Not that of a unit's status."""
    row = "a,-71.25,-29.9,towing,2026-03-03T18:25:00-03:00,urgent"
    with pytest.raises(TableError) as caught:
        load_batch(table("i.csv", INCIDENT + ",priority", row), table("u.csv", UNIT, "u,1,1"), now=NOW)
    assert [problem.reason for problem in caught.value.problems] == ["UNKNOWN_PRIORITY"]


def test_all_mistakes_of_all_files_come_in_one_error(table: Write) -> None:
    """Units and incidents are both read to the end; every problem names file, row, column, value and remedy."""
    header = INCIDENT + ",assigned_unit_id,pinned,due_at,promise_minutes"
    incidents = table(
        "i.csv",
        header,
        "a,-71.25,-29.9,towing,2026-03-03T18:25:00-03:00,u9,,,",
        "b,-71.25,-29.9,towing,2026-03-03T18:25:00-03:00,,true,,",
        "c,-71.25,-29.9,towing,2026-03-03T18:25:00-03:00,u1,true,,",
        "d,-71.25,-29.9,towing,2026-03-03T18:25:00-03:00,u1,true,,",
        "e,-71.25,-29.9,towing,2026-03-03T18:45:00-03:00,,,,",
        "f,-71.25,-29.9,towing,2026-03-03T18:25:00-03:00,,,2026-03-03T18:20:00-03:00,-3",
    )
    units = table("u.csv", UNIT + ",status,mobilisation_minutes", "u1,1,1,idle,-1", "u1,1,1,,99999")
    with pytest.raises(TableError) as caught:
        load_batch(incidents, units, now=NOW)
    found = [(problem.file, problem.row, problem.column) for problem in caught.value.problems]
    assert sorted(found) == [
        ("i.csv", 2, "assigned_unit_id"),
        ("i.csv", 3, "pinned"),
        ("i.csv", 5, "assigned_unit_id"),
        ("i.csv", 6, "received_at"),
        ("i.csv", 7, "due_at"),
        ("i.csv", 7, "promise_minutes"),
        ("u.csv", 2, "mobilisation_minutes"),
        ("u.csv", 2, "status"),
        ("u.csv", 3, "mobilisation_minutes"),
        ("u.csv", 3, "unit_id"),
    ]
    reasons = {(problem.row, problem.column): problem.reason for problem in caught.value.problems}
    assert reasons[(2, "assigned_unit_id")] == "UNKNOWN_REFERENCE"
    assert reasons[(2, "status")] == "UNKNOWN_STATUS"
    assert caught.value.exit_code == 2


@pytest.mark.parametrize("kind", ["incidents", "units", "providers", "bases", "points"])
def test_tables_of_which_no_row_can_be_read(table: Write, coquimbo: Region, kind: str) -> None:
    """Every row too short or too long: the row errors, also where columns say more of the places."""
    more = "heading,kilometre_post,free_lon,free_lat,drop_off_lon,drop_off_lat"
    wrong = table(f"{kind}.csv", f"provider_id,id,{INCIDENT},unit_id,{more}", "a,-71.2", "b" + ",1" * 40)
    incidents = table("i.csv", INCIDENT, "i1,-71.2,-29.9,towing,2026-03-03T18:20:00-03:00")
    units = table("u.csv", UNIT, "u1,-71.24,-29.91")
    if kind == "points":
        problems = Problems()
        load_points(wrong, coquimbo, Policy.default(), problems)
        rows = tuple(problems.rows)
    else:
        fleet = {"units": (wrong, None), "providers": (units, wrong), "bases": (None, wrong)}.get(kind, (units, None))
        with pytest.raises(TableError) as caught:
            load_batch(wrong if kind == "incidents" else incidents, *fleet, now=NOW, region=coquimbo)
        rows = caught.value.problems
    found = [problem for problem in rows if problem.file == wrong.name]
    assert [problem.row for problem in found] == [2, 3]
    assert all("cells where the header has" in problem.message for problem in found)


def test_now_is_told_on_the_clock_of_the_region(table: Write, coquimbo: Region) -> None:
    """As all times are, whatever zone it came in."""
    incidents = table("i.csv", INCIDENT, "i1,-71.25,-29.91,towing,2026-03-03T19:30:00-03:00")
    units = table("u.csv", UNIT, "u1,-71.24,-29.91")
    with pytest.raises(TableError, match=r"lies after now \(2026-03-03T18:30:00-03:00\)"):
        load_batch(incidents, units, now=NOW.astimezone(UTC), region=coquimbo)


def test_only_the_first_problems_are_spelt_out(table: Write) -> None:
    """Twenty are shown, the others counted by kind; the error carries all."""
    units = table("u.csv", UNIT, *(f"u{i},x,y" for i in range(100)))
    with pytest.raises(TableError) as caught:
        load_fleet(units, now=NOW)
    lines = str(caught.value).splitlines()
    assert len(caught.value.problems) == 200
    assert len(lines) == 1 + 1 + 20 + 1
    assert "and 180 more: " in lines[-1]


def test_unknown_providers_and_wrong_territories_are_reported(table: Write) -> None:
    """A unit of no provider, a cell that is none, and mixed resolutions."""
    providers = table(
        "p.csv", "provider_id,territory", "p,87b2c5a6effffff;nonsense", "q,87b2c5a6effffff;88b2c5a6e1fffff"
    )
    with pytest.raises(TableError) as caught:
        load_fleet(table("u.csv", UNIT + ",provider_id", "u,1,1,z"), providers, now=NOW)
    found = [(problem.file, problem.row, problem.column) for problem in caught.value.problems]
    assert found == [("p.csv", 2, "territory"), ("p.csv", 3, "territory"), ("u.csv", 2, "provider_id")]


def test_missing_columns_stop_the_reading_at_once(table: Write) -> None:
    """Without its columns a table cannot be judged row by row."""
    with pytest.raises(MissingColumnError, match="lacks the columns service, received_at"):
        load_batch(table("i.csv", "incident_id,lon,lat", "a,1,1"), table("u.csv", UNIT, "u,1,1"), now=NOW)


def test_places_off_the_roads_are_reported_with_their_distance(table: Write, coquimbo: Region) -> None:
    """Sea, the other hemisphere and exchanged coordinates of incidents, units and where units will be free."""
    incidents = table(
        "i.csv",
        INCIDENT,
        "far,-71.60,-29.9,towing,2026-03-03T18:25:00-03:00",
        "swapped,-29.9027,-71.2519,towing,2026-03-03T18:25:00-03:00",
        "fine,-71.2519,-29.9027,towing,2026-03-03T18:25:00-03:00",
    )
    units = table(
        "u.csv", UNIT + ",status,free_at,free_lon,free_lat", "u,-71.2519,-29.9027,busy,2026-03-03T19:25:00Z,10,10"
    )
    with pytest.raises(TableError) as caught:
        load_batch(incidents, units, now=NOW, region=coquimbo)
    far, swapped, free = caught.value.problems
    assert "km from the nearest road of coquimbo" in far.message
    assert far.reason == "LOCATION_OUTSIDE_REGION"
    assert "swapped" in swapped.message
    assert (free.file, free.column) == ("u.csv", "free_lon, free_lat")
