"""Answers kept by request_id."""

from __future__ import annotations

import threading

import pytest
from towline.v1 import fleet_service_pb2 as pb

from engine.errors import BusyError, RequestConflictError
from engine.server.replies import Replies


class Work:
    """Counts how often it was done."""

    def __init__(self) -> None:
        self.done = 0

    def __call__(self) -> pb.DeleteProviderResponse:
        self.done += 1
        return pb.DeleteProviderResponse(removed_unit_count=self.done)


def request(name: str = "a") -> pb.DeleteProviderRequest:
    return pb.DeleteProviderRequest(name=name)


def test_same_request_is_done_once():
    """The second time the first answer comes back."""
    replies, work = Replies(60, 10_000), Work()
    first = replies.once("m", "id", request(), work)
    assert replies.once("m", "id", request(), work) == first
    assert work.done == 1


def test_without_id_it_is_done_every_time():
    """No request_id, no memory."""
    replies, work = Replies(60, 10_000), Work()
    replies.once("m", "", request(), work)
    replies.once("m", "", request(), work)
    assert work.done == 2


def test_other_content_is_refused():
    """An id used for other content is an error, and nothing is done."""
    replies, work = Replies(60, 10_000), Work()
    replies.once("m", "id", request("a"), work)
    with pytest.raises(RequestConflictError):
        replies.once("m", "id", request("b"), work)
    assert work.done == 1


def test_ids_count_per_method():
    """The same id in another method is another request."""
    replies, work = Replies(60, 10_000), Work()
    replies.once("m", "id", request("a"), work)
    replies.once("n", "id", request("b"), work)
    assert work.done == 2


def test_failures_are_not_kept():
    """What failed changed nothing and may be tried again."""
    replies, work = Replies(60, 10_000), Work()

    def fail() -> pb.DeleteProviderResponse:
        raise KeyError

    with pytest.raises(KeyError):
        replies.once("m", "id", request(), fail)
    replies.once("m", "id", request(), work)
    assert work.done == 1


def test_answers_expire():
    """After the retention time the id is free again."""
    time = [0.0]
    replies, work = Replies(60, 10_000, clock=lambda: time[0]), Work()
    replies.once("m", "id", request(), work)
    time[0] = 61.0
    replies.once("m", "id", request(), work)
    assert work.done == 2


def test_memory_is_bounded():
    """Beyond the byte limit the oldest answers go."""
    replies, work = Replies(60, 1000), Work()
    for number in range(20):
        replies.once("m", f"id{number}", request(), work)
    replies.once("m", "id19", request(), work)
    assert work.done == 20
    replies.once("m", "id0", request(), work)
    assert work.done == 21


def test_two_at_once_are_done_once():
    """Of concurrent repeats one does the work and the others get its answer."""
    replies, work = Replies(60, 10_000), Work()
    answers: list[pb.DeleteProviderResponse] = []
    threads = [
        threading.Thread(target=lambda: answers.append(replies.once("m", "id", request(), work))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert work.done == 1
    assert [answer.removed_unit_count for answer in answers] == [1] * 8


def test_other_ids_do_not_wait():
    """Work under one id holds up nobody with another; a repeat of it waits for a bounded time."""
    replies, work = Replies(60, 10_000, wait_s=0.05), Work()
    begun, release = threading.Event(), threading.Event()

    def slow() -> pb.DeleteProviderResponse:
        begun.set()
        release.wait(30)
        return work()

    thread = threading.Thread(target=replies.once, args=("m", "slow", request(), slow))
    thread.start()
    assert begun.wait(30)
    replies.once("m", "other", request(), work)
    with pytest.raises(RequestConflictError):
        replies.once("m", "slow", request("b"), work)
    with pytest.raises(BusyError):
        replies.once("m", "slow", request(), work)
    assert work.done == 1
    release.set()
    thread.join()
    assert replies.once("m", "slow", request(), work).removed_unit_count == 2


def test_a_repeat_takes_over_after_a_failure():
    """When the first of two equal requests fails, the second does the work."""
    replies, work = Replies(60, 10_000, wait_s=30), Work()
    begun, release = threading.Event(), threading.Event()
    failures: list[BaseException] = []

    def fail() -> pb.DeleteProviderResponse:
        begun.set()
        release.wait(30)
        raise KeyError

    def first() -> None:
        try:
            replies.once("m", "id", request(), fail)
        except KeyError as error:
            failures.append(error)

    threads = [threading.Thread(target=first), threading.Thread(target=replies.once, args=("m", "id", request(), work))]
    threads[0].start()
    assert begun.wait(30)
    threads[1].start()
    release.set()
    for thread in threads:
        thread.join()
    assert len(failures) == 1
    assert work.done == 1
