"""Conventions of the contract (buf STANDARD and google.aip.dev), checked on its descriptors."""

from __future__ import annotations

import re
from typing import Any

import pytest
from google.longrunning import operations_pb2

from tests.proto.descriptors import comment_of, files, methods


def enums() -> list[Any]:
    return [enum for file in files() for enum in file.enum_types_by_name.values()]


def fields() -> list[Any]:
    return [field for file in files() for message in file.message_types_by_name.values() for field in message.fields]


def snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).upper()


@pytest.mark.parametrize("enum", enums(), ids=lambda enum: enum.name)
def test_enum_values(enum: Any):
    """Zero is unspecified, every value begins with the enum's name."""
    assert enum.values_by_number[0].name == f"{snake(enum.name)}_UNSPECIFIED"
    assert all(value.name.startswith(f"{snake(enum.name)}_") for value in enum.values)


@pytest.mark.parametrize("method", list(methods()), ids=lambda method: method.name)
def test_methods(method: Any):
    """Each has its own request and response, and its comment says whether it changes server state.

    The response of a long-running one is its operation's.
    """
    assert method.input_type.name == f"{method.name}Request"
    answer = method.output_type.name
    if method.output_type.full_name == "google.longrunning.Operation":
        info = method.GetOptions().Extensions[operations_pb2.operation_info]
        file = method.containing_service.file
        known = {name for each in (file, *file.dependencies) for name in each.message_types_by_name}
        assert {info.response_type, info.metadata_type} <= known
        answer = info.response_type
    assert answer == f"{method.name}Response"
    assert method.containing_service.name.endswith("Service")
    comment = comment_of(method)
    assert re.search(r"[Cc]hanges? (no )?server state|changes none", comment), comment


@pytest.mark.parametrize("method", list(methods()), ids=lambda method: method.name)
def test_changing_methods_can_be_repeated_and_tried(method: Any):
    """What changes state has request_id and validate_only; what does not has neither, nor positions in a stream.

    A position sent again is stale, or changes nothing.
    """
    names = {field.name for field in method.input_type.fields}
    changes = "Changes server state" in comment_of(method)
    changes &= method.name != "StreamPositions"
    assert {"request_id", "validate_only"} <= names if changes else not {"request_id", "validate_only"} & names


@pytest.mark.parametrize("method", [m for m in methods() if m.name.startswith("List")], ids=lambda method: method.name)
def test_listings_have_pages(method: Any):
    """From the first release."""
    assert {"page_size", "page_token"} <= {field.name for field in method.input_type.fields}
    assert "next_page_token" in {field.name for field in method.output_type.fields}


def test_every_file_is_of_the_package():
    """One package, the folder's."""
    assert {file.package for file in files()} == {"towline.v1"}


def test_numbers_say_their_unit():
    """A number is a count, an index, an id, coordinates, a bound of the field it is beside, or names its unit.

    Demand is in the unit of its layer, which the answer names; costs and budgets are in the request's own; objectives
    and bounds are in that of what was asked for.
    """
    integer_or_float = {1, 2, 3, 4, 5, 13, 17}  # FieldDescriptor.TYPE_*
    fine = re.compile(
        r"(_ms|_m|_deg|^km|_millimin|_count|_size|_price|_index|_id|^lon|^lat|^index|^first_origin"
        r"|^least|^most|^above|^below"
        r"|^objective|^bound|cost|^budget|_lon|_lat|_km|_hours?"
        r"|^calls_per_day|^calls_per_hour|_minutes|demand|_kph|_ids|^factor|^values|^epoch|^max_runners_up|^max_rivals|^resolution|^level|^fraction|confidence|_probability|_score|_share|_minute|number)$"
    )
    numbers = {field.name for field in fields() if field.type in integer_or_float and field.message_type is None}
    assert {name for name in numbers if not fine.search(name)} == set()
