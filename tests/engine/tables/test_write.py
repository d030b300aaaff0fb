"""Plans as files and as JSON."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import geopandas as gpd
import pytest

from engine.decision import (
    Assignment,
    Candidate,
    CostParts,
    Plan,
    Promise,
    PromiseClass,
    Reason,
    ReasonCode,
    Unserved,
)
from engine.errors import FileFormatError, OutputFileError
from engine.model import Capability, Fleet, Incident, Location, Provider, Service, Unit, UnitStatus
from engine.tables.plan_json import plan_json, plan_summary
from engine.tables.why import Why
from engine.tables.write import check_csv, check_folder, check_map, check_writable, ensure_folder, write_plan

NOW = datetime(2026, 3, 3, 21, 30, tzinfo=UTC)
ZONE = timezone(timedelta(hours=-3))
MINUTE = timedelta(minutes=1)


def candidate(unit: str, minutes: int, slack: int, lost: Reason | None = None) -> Candidate:
    arrives = NOW + minutes * MINUTE
    return Candidate(unit, "p", NOW, arrives, minutes * MINUTE, slack * MINUTE, CostParts(waiting=minutes * 1000), lost)


def promise(minutes: int = 25) -> Promise:
    return Promise(NOW + minutes * MINUTE, PromiseClass.URBAN, "30 minutes: in town")


SERVES = Reason(ReasonCode.SERVES_OTHER, "serves incident kept", {"incident": "kept"})
LATER = Reason(ReasonCode.ARRIVES_LATER, "arrives 9 min later")
ANSWERS = (
    Assignment("kept", promise(), candidate("u1", 10, 15)),
    Assignment("broken", promise(), candidate("u2", 40, -15), (candidate("u1", 5, 20, SERVES),)),
    Assignment("moved", promise(), candidate("u3", 5, 20), (candidate("u4", 14, 11, LATER),), previous_unit_id="u4"),
    Assignment("taken", promise(), candidate("u5", 5, 20), (), previous_unit_id="u1"),
    Assignment("same", promise(), candidate("u6", 5, 20), (), previous_unit_id="u6"),
)
LEFT = Unserved("left", promise(), Reason(ReasonCode.NO_CAPABLE_UNIT, "no unit can do it"), CostParts(unserved=9), "u7")
PLAN = Plan(NOW, ANSWERS, (LEFT,), CostParts(waiting=65_000, unserved=9), 0, "flow", "policy", "region")
INCIDENTS = [
    Incident(name, Location(-71.25, -29.9), Service.TOWING, NOW - 5 * MINUTE)
    for name in ("left", "kept", "broken", "moved", "taken", "same")
]
FLEET = Fleet(
    (Provider("p"),),
    tuple(Unit(f"u{n}", "p", Location(-71.25, -29.9), frozenset({Service.TOWING})) for n in range(1, 8)),
)


def test_a_plan_of_nothing_has_the_columns_of_any(tmp_path: Path) -> None:
    """In the order in which the rows of a plan have them."""
    for name, incidents, plan in (("some", INCIDENTS, PLAN), ("none", [], replace(PLAN, assignments=(), unserved=()))):
        write_plan(tmp_path / f"{name}.csv", plan, incidents, FLEET, ZONE)
    lines = [(tmp_path / f"{name}.csv").read_text("utf-8").splitlines() for name in ("some", "none")]
    assert lines[1] == lines[0][:1]


def test_a_csv_plan_holds_every_incident_in_order(tmp_path: Path) -> None:
    """One row an incident, unserved ones included; times on the region's clock, durations in seconds."""
    write_plan(tmp_path / "plan.csv", PLAN, INCIDENTS, FLEET, ZONE)
    with (tmp_path / "plan.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["incident_id"] for row in rows] == [incident.id for incident in INCIDENTS]
    left, kept = rows[:2]
    assert (left["status"], left["unit_id"], left["promise_kept"]) == ("unserved", "", "false")
    assert left["why"] == "no unit can do it"
    assert (kept["unit_id"], kept["slack_s"], kept["travel_s"]) == ("u1", "900.0", "600.0")
    assert kept["arrives_at"] == "2026-03-03T18:40:00-03:00"
    assert not list(tmp_path.glob(".*")), "no half-written file is left"


def test_the_other_formats_hold_the_same(tmp_path: Path) -> None:
    """GeoJSON and GeoParquet open in any GIS, with points in WGS-84."""
    for ending in ("geojson", "parquet"):
        path = tmp_path / f"plan.{ending}"
        write_plan(path, PLAN, INCIDENTS, FLEET, ZONE)
        frame = gpd.read_parquet(path) if ending == "parquet" else gpd.read_file(path)
        assert frame.incident_id.tolist() == [incident.id for incident in INCIDENTS]
        assert frame.crs.to_epsg() == 4326
        assert (frame.geometry.x == -71.25).all()


def test_json_has_the_documented_shape() -> None:
    """Times RFC 3339 in the region's zone, costs in minutes by part, reasons machine-readable; valid JSON."""
    document = json.loads(json.dumps(plan_json(PLAN, INCIDENTS, FLEET, ZONE), allow_nan=False))
    assert document["now"] == "2026-03-03T18:30:00.000-03:00"
    assert document["proven_optimal"] is True
    assert document["cost_min"]["waiting"] == 65.0
    assert document["cost_min"]["total"] == 65.009
    left, kept, broken = document["incidents"][:3]
    assert left["unserved_reason"]["code"] == "no_capable_unit"
    assert kept["cost_parts_min"]["waiting"] == 10.0
    assert broken["runners_up"][0]["lost"]["details"] == {"incident": "kept"}
    assert set(left) == set(kept), "every incident has the same keys"


def test_the_summary_counts_what_people_ask_for() -> None:
    """Kept, broken, unserved, changed, and how late the late ones are."""
    assert plan_summary(PLAN) == {
        "incidents": 6,
        "promises_kept": 4,
        "promises_broken": 1,
        "unserved": 1,
        "changed": 3,
        "mean_lateness_s": 900.0,
        "worst_lateness_s": 900.0,
    }


@pytest.mark.parametrize(
    ("incident", "says"),
    [
        ("kept", ""),
        ("same", ""),
        ("broken", "u1 could be in time but is needed more by kept"),
        ("moved", "u4 arrives 9 min later"),
        ("taken", "u1 now serves kept"),
    ],
)
def test_why_is_said_in_a_few_words(incident: str, says: str) -> None:
    """A kept, unchanged promise needs no words; the others name the unit that lost."""
    answer = next(answer for answer in ANSWERS if answer.incident_id == incident)
    words = Why(PLAN, INCIDENTS, FLEET, ZONE)
    assert words.why(answer) == says
    assert words.why(LEFT) == "no unit can do it"


def test_a_change_names_its_true_reason() -> None:
    """A unit that could not go is not said to have been needed elsewhere; a busy one says until when."""
    moved = Incident("moved", Location(-71.25, -29.9), Service.TOWING, NOW, frozenset({Capability.WINCH}))
    answer = Assignment("moved", promise(), candidate("u3", 5, 20), (), previous_unit_id="u1")
    other = Assignment("kept", promise(), candidate("u1", 5, 20))
    plan = replace(PLAN, assignments=(answer, other), unserved=())

    def words(incident: Incident, unit: Unit, provider: Provider | None = None, *, serving: bool = True) -> str:
        made = plan if serving else replace(plan, assignments=(answer,))
        units = (unit, *(one for one in FLEET.units if one.id != "u1"))
        return Why(made, [incident, INCIDENTS[1]], Fleet((provider or Provider("p"),), units), ZONE).why(answer)

    able = frozenset({Capability.WINCH})
    unit = FLEET.units[0]
    assert words(moved, unit) == "u1 lacks: winch"
    assert words(replace(moved, service=Service.AIRPORT_TRANSFER), unit) == "u1 lacks: airport_transfer, winch"
    assert words(moved, replace(unit, capabilities=able)) == "u1 now serves kept"
    assert words(moved, replace(unit, capabilities=able, status=UnitStatus.OFF_DUTY)) == "u1 is off duty"
    elsewhere = Provider("p", territory=frozenset({"87b2c5a6effffff"}))
    assert "outside its provider's territory" in words(moved, replace(unit, capabilities=able), elsewhere)
    busy = replace(unit, capabilities=able, status=UnitStatus.BUSY, free_at=NOW + 30 * MINUTE)
    assert words(moved, busy, serving=False) == "u1 is busy until 19:00"


def test_a_pin_against_the_rules_is_remarked_on() -> None:
    """The pin stands, and the rows, the document and the words say what the unit lacks."""
    needs = frozenset({Capability.WINCH, Capability.FLATBED})
    pinned = replace(INCIDENTS[1], requires=needs, assigned_unit_id="u1", pinned=True)
    plan = replace(PLAN, assignments=(ANSWERS[0],), unserved=())
    remark = "pinned by a person; the unit lacks: flatbed, winch"
    row = plan_json(plan, [pinned], FLEET, ZONE)["incidents"][0]
    assert (row["unit_id"], row["warnings"]) == ("u1", [remark])
    assert Why(plan, [pinned], FLEET, ZONE).words(ANSWERS[0]) == remark
    assert Why(plan, [replace(pinned, pinned=False)], FLEET, ZONE).words(ANSWERS[0]) == ""


def test_a_plan_that_was_only_judged_has_no_gap() -> None:
    """The clerk's plan claims nothing about the optimum."""
    document = plan_json(PLAN, INCIDENTS, FLEET, ZONE, judged=True)
    assert document["gap_min"] is None
    assert document["proven_optimal"] is None


def test_places_to_write_to_are_checked_before_any_work(tmp_path: Path) -> None:
    """Unknown endings, folders and missing folders are refused by name."""
    with pytest.raises(FileFormatError, match=r"\.csv, \.geojson, \.parquet"):
        check_writable(tmp_path / "plan.txt")
    with pytest.raises(FileFormatError, match=r"\.html"):
        check_map(tmp_path / "map.png")
    with pytest.raises(FileFormatError, match=r"\.csv"):
        check_csv(tmp_path / "matrix.json")
    with pytest.raises(OutputFileError, match="does not exist"):
        check_folder(tmp_path / "none" / "plan.csv")
    (tmp_path / "x.csv").mkdir()
    with pytest.raises(OutputFileError, match="is a folder"):
        check_writable(tmp_path / "x.csv")
    with pytest.raises(OutputFileError, match=r"cannot be written: .*; choose another"):
        check_folder(tmp_path / f"{'x' * 247}.html")  # a name that is too long while it is made beside its place
    assert check_folder(tmp_path / "new.csv") == tmp_path / "new.csv"
    assert [each.name for each in tmp_path.iterdir()] == ["x.csv"]
    assert ensure_folder(tmp_path / "a" / "b").is_dir()
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputFileError, match="cannot be made"):
        ensure_folder(tmp_path / "file" / "b")
