"""Kilometre posts: places people give as ``G2 K123+400 northbound``. See docs/locations.md."""

from graphs.snapping.compass import direction_of

from .faults import PostFault
from .positions import PostPlace, Posts
from .table import Carriageway, PostTable
from .text import Kilometre, parse_kilometre

__all__ = [
    "Carriageway",
    "Kilometre",
    "PostFault",
    "PostPlace",
    "PostTable",
    "Posts",
    "direction_of",
    "parse_kilometre",
]
