"""Pages and their tokens."""

from __future__ import annotations

import pytest

from engine.errors import PageTokenError
from engine.server.paging import page

IDS = [f"u{number:04}" for number in range(2500)]


def test_pages_give_everything_once():
    """Following the tokens gives every id once, in order, and ends."""
    seen: list[str] = []
    token = ""
    while True:
        chosen, token = page(IDS, 700, token, "scope")
        seen += chosen
        if not token:
            break
    assert seen == IDS


def test_sizes_are_defaulted_and_coerced():
    """0 means 100, too many means 1000."""
    assert len(page(IDS, 0, "", "s")[0]) == 100
    assert len(page(IDS, 10**6, "", "s")[0]) == 1000


def test_listing_goes_on_when_the_last_id_is_gone():
    """The next page begins after the last id given, though it was removed meanwhile."""
    chosen, token = page(IDS, 10, "", "s")
    rest = [key for key in IDS if key not in chosen]
    assert page(rest, 10, token, "s")[0] == IDS[10:20]


@pytest.mark.parametrize("token", ["x", "AAAA", "é", "_" * 50, "=" * 3])
def test_made_up_tokens_are_refused(token: str):
    """Only tokens the server gave are taken."""
    with pytest.raises(PageTokenError):
        page(IDS, 10, token, "s")


def test_tokens_are_bound_to_their_request():
    """A token of one listing does not serve another."""
    token = page(IDS, 10, "", "ListUnits regions/a")[1]
    with pytest.raises(PageTokenError):
        page(IDS, 10, token, "ListUnits regions/b")


def test_last_full_page_has_no_token():
    """When the ids end with a page there is no empty page after it."""
    assert page(IDS[:10], 10, "", "s") == (IDS[:10], "")
    assert page([], 10, "", "s") == ([], "")
