"""docs/api.md, the contract page, is true."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import json_format
from towline.v1 import region_service_pb2

from engine.server.admission import Admission, Kind
from engine.server.coverage_planning import SMALL
from engine.server.incoming_traffic import MAX_CORNERS
from engine.server.late import SOON_S
from engine.server.options import ServerOptions
from engine.server.status import INTERNAL_REASON
from engine.server.validation.declared import rules_of
from graphs.metrics import FeedLimits
from tests.errors import every_error
from tests.proto.descriptors import comment_of, methods

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "api.md").read_text("utf-8")
ROWS = dict(re.findall(r"^\| `([A-Z_]+)` \| (.+?) \|", PAGE, re.MULTILINE))
SPELLS = rules_of(region_service_pb2.DESCRIPTOR.message_types_by_name["SetWeatherRequest"].fields_by_name["spells"])
CALLS = re.findall(r"grpcurl -plaintext(?: -d '(.*?)')? 127\.0\.0\.1:50051 towline\.v1\.(\w+)/(\w+)", PAGE, re.DOTALL)


@pytest.mark.parametrize("kind", every_error(), ids=lambda kind: f"{kind.__module__}.{kind.__name__}")
def test_every_reason_is_there(kind: Any):
    """Each error of the hierarchy is named; where the table gives a status, it is the error's."""
    assert f"`{kind.reason}`" in PAGE
    if kind.reason in ROWS and ROWS[kind.reason].startswith("`"):
        assert ROWS[kind.reason] == f"`{kind.status}`"


def test_no_reason_is_made_up():
    """The table holds nothing that is not raised."""
    assert set(ROWS) <= {kind.reason for kind in every_error()} | {INTERNAL_REASON}


@pytest.mark.parametrize("method", list(methods()), ids=lambda method: method.name)
def test_every_method_is_there(method: Any):
    """Each RPC has a row, which says that it changes state exactly if its comment does."""
    name = f"`{method.containing_service.name}.{method.name}`"
    row = next(line for line in PAGE.splitlines() if line.startswith("|") and name in line)
    assert row.rstrip(" |").endswith("| changes") == ("Changes server state" in comment_of(method))


def test_limits_are_the_defaults():
    """The page quotes ServerOptions."""
    options = ServerOptions()
    gates = Admission(options, []).gates
    for quoted in (
        f"{options.max_receive_bytes // 2**20} MiB",
        f"{options.max_matrix_cells:,}",
        f"{options.max_stream_cells:,}",
        f"| {options.max_batch:,} |",
        f"| {options.solve_s:g} s |",
        f"{options.margin_s * 1000:g} ms and {options.margin_per_incident_s * 1000:g} ms an incident",
        f"at most {options.retention_bytes // 2**20} MiB",
        f"have {options.grace_s:g} s to finish",
        f"| {options.max_incidents:,} |",
        f"| open incidents of a region | {options.max_open_incidents:,} |",
        f"| changes of incidents | {options.commands}, waiting",
        f"| {options.max_units:,} each |",
        f"| {options.max_territory_cells:,} |",
        f"| {options.max_places:,} |",
        f"locations of `Snap` | {options.max_snaps:,} |",
        f"| health | {options.health_threads}, on threads",
        f"| {options.light_threads}, on threads",
        f"heavy calls | {options.quick_queue} |",
        f"one a region | {options.write_queue} |",
        f"at least 2 | {options.heavy_queue} |",
        f"{options.light_request_bytes // 1024} KiB or more",
        f"| {options.streams} open",
        f"| one of at most {SMALL // 1024} KiB and one larger, each in",
        f"own; callers take turns | {options.planning_calls - 2} |",
        f"`WaitOperation` | {options.waits} open |",
        f"in a batch of traffic | {options.max_traffic_entries:,} |",
        f"a batch of traffic | {options.max_traffic_bytes // 2**20} MiB |",
        f"they are about | {FeedLimits().entries:,}, and {FeedLimits().rows:,} |",
        f"corners of an area | {MAX_CORNERS:,} |",
        f"spells of weather | {SPELLS.list.max_count:,} |",
        f"more than {options.small_traffic_areas} areas or {options.small_traffic_bytes // 1024} KiB) and one small |",
        f"one small | {options.traffic_queue} of each |",
        f"| {options.feeds} open; silent for up to {options.feed_silent_s:g} s",
        f"| {options.position_streams} open, silent for up to {options.feed_silent_s:g} s",
        f"| {options.watchers} open, each on a thread of its own |",
        f"waited {options.queue_s:g} s",
        f"Beyond {options.max_calls:,} calls",
        f"answer, for {options.stalled_s:g} s",
        f"asked every {options.keepalive_s:g} s",
        f"within {options.keepalive_timeout_s:g} s",
        f"`caller_share` open ({options.caller_share:g}, rounded up: {gates[Kind.COMMAND].most} changes of incidents,",
        f" {gates[Kind.POSITIONS].most} `StreamPositions`,",
        f"{SOON_S * 1000:g} ms count as late: {options.light_threads} light ones and",
        f"{options.light_threads} light ones and {options.health_threads} of health",
        f"{options.health_watches_connection} on one connection (`health_watches_connection`), 512\n",
        f"one address may have {math.ceil(options.health_watches * options.caller_share)}",
    ):
        assert quoted in PAGE, quoted
    assert options.retention_s == 86_400
    assert (options.max_units, options.health_watches) == (options.max_providers, 512)


@pytest.mark.parametrize(("body", "service", "method"), CALLS, ids=[call[2] for call in CALLS])
def test_examples_are_requests(body: str, service: str, method: str):
    """The JSON of every grpcurl example is that method's request."""
    found = next(m for m in methods() if (m.containing_service.name, m.name) == (service, method))
    json_format.ParseDict(json.loads(body or "{}"), found.input_type._concrete_class())


def test_examples_are_found():
    """The pattern above still meets the page."""
    assert len(CALLS) == 4
