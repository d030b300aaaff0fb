"""EtaService over the wire."""

from __future__ import annotations

import numpy as np
from towline.v1 import eta_service_pb2 as pb

from engine.dispatch import Dispatcher
from tests.engine.server.wire import LAT, LON, REGION, Client, failure, place

#: On the road, in town, at different distances.
STEPS = 0.004 * np.arange(7)
PLACES = [place(LON + step, LAT - step / 2) for step in STEPS]


def decoded(durations_ms: bytes, width: int) -> np.ndarray:
    return np.frombuffer(durations_ms, "<i4").reshape(-1, width)


def test_matrix_is_the_librarys(client: Client, dispatcher: Dispatcher):
    """Row-major little-endian int32, equal to the plain Python call."""
    answer = client.eta.Matrix(pb.MatrixRequest(region=REGION, origins=PLACES[:3], destinations=PLACES))
    wanted = dispatcher.matrix(LON + STEPS[:3], LAT - STEPS[:3] / 2, LON + STEPS, LAT - STEPS / 2)
    assert (answer.origin_count, answer.destination_count) == (3, 7)
    np.testing.assert_array_equal(decoded(answer.durations_ms, 7), wanted)
    assert wanted[0, 0] == 0
    assert (wanted[0, 1:] > 0).all()


def test_stream_gives_the_same_in_blocks(start):
    """Blocks of whole rows, in order, without holes, however they are cut."""
    _, client = start(stream_block_cells=30, stream_message_cells=14)
    request = pb.StreamMatrixRequest(region=REGION, origins=PLACES * 3, destinations=PLACES)
    blocks = list(client.eta.StreamMatrix(request))
    assert [block.first_origin for block in blocks][:3] == [0, 2, 4]
    assert max(block.origin_count for block in blocks) == 2
    rows = np.concatenate([decoded(block.durations_ms, block.destination_count) for block in blocks])
    whole = client.eta.Matrix(pb.MatrixRequest(region=REGION, origins=PLACES * 3, destinations=PLACES))
    np.testing.assert_array_equal(rows, decoded(whole.durations_ms, 7))


def test_rows_wider_than_a_block_still_come(start):
    """At least one row goes into a message."""
    _, client = start(stream_block_cells=1, stream_message_cells=1)
    blocks = list(client.eta.StreamMatrix(pb.StreamMatrixRequest(region=REGION, origins=PLACES, destinations=PLACES)))
    assert [block.origin_count for block in blocks] == [1] * 7


def test_too_many_cells_point_to_the_stream(start):
    """Beyond the limit of one answer the error says StreamMatrix; that has a limit too."""
    _, client = start(max_matrix_cells=20, max_stream_cells=40)
    found = failure(lambda: client.eta.Matrix(pb.MatrixRequest(region=REGION, origins=PLACES, destinations=PLACES)))
    assert (found.code, found.reason) == ("RESOURCE_EXHAUSTED", "REQUEST_TOO_LARGE")
    assert "StreamMatrix" in found.message
    assert found.metadata == {"cells": "49", "max_cells": "20"}
    stream = pb.StreamMatrixRequest(region=REGION, origins=PLACES, destinations=PLACES)
    found = failure(lambda: list(client.eta.StreamMatrix(stream)))
    assert (found.code, found.reason) == ("RESOURCE_EXHAUSTED", "REQUEST_TOO_LARGE")


def test_the_bad_place_is_named(client: Client):
    """Side and index of the first place that cannot be used; nothing is streamed before."""
    off = place(-71.9, -29.9)
    request = pb.MatrixRequest(region=REGION, origins=PLACES, destinations=[*PLACES, off])
    found = failure(lambda: client.eta.Matrix(request))
    assert (found.reason, found.fields) == ("LOCATION_OUTSIDE_REGION", ["destinations[7]"])
    stream = pb.StreamMatrixRequest(region=REGION, origins=[*PLACES, off], destinations=PLACES)
    found = failure(lambda: next(client.eta.StreamMatrix(stream)))
    assert (found.reason, found.fields) == ("LOCATION_OUTSIDE_REGION", ["origins[7]"])
    assert float(found.metadata["distance_m"]) > 10_000


def test_empty_sides_are_refused(client: Client):
    """A matrix has at least one row and one column."""
    found = failure(lambda: client.eta.Matrix(pb.MatrixRequest(region=REGION, origins=PLACES)))
    assert (found.code, found.reason, found.fields) == ("INVALID_ARGUMENT", "REQUIRED_FIELD", ["destinations"])
