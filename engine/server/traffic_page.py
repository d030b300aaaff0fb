"""Pages of a feed's entries: as many as asked for, fewer when they are large."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from datetime import datetime

from towline.v1 import region_service_pb2 as pb

from engine.server import outgoing_traffic
from engine.server.paging import page, token_after
from graphs.metrics.feed import Feed

#: Bytes after which a page ends; one entry may be larger.
PAGE_BYTES = 1 << 20


def traffic_page(feed: Feed, request: pb.ListTrafficRequest, now: datetime) -> pb.ListTrafficResponse:
    """Entries ordered by id; PageTokenError."""
    prefix = request.id_prefix
    scope = f"ListTraffic {request.parent} {prefix}"
    first = bisect_left(feed.sorted_ids, prefix)
    end = bisect_right(feed.sorted_ids, prefix, first, key=lambda key: key[: len(prefix)])
    ids, following = page(feed.sorted_ids[first:end], request.page_size, request.page_token, scope)
    messages, size = [], 0
    for key in ids:
        serial, entry = feed.entries[key]
        messages.append(outgoing_traffic.entry(entry, now, feed.arc_count(serial)))
        size += messages[-1].ByteSize()
        if size >= PAGE_BYTES and len(messages) < len(ids):
            following = token_after(key, scope)
            break
    return pb.ListTrafficResponse(entries=messages, next_page_token=following)
