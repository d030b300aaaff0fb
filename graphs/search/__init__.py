"""Search on any directed weighted graph: a customizable contraction hierarchy with labels. See docs/search.md."""

from .ancestry import common_length
from .arrays import INF, frozen
from .combining import label_time
from .hierarchy import Hierarchy
from .labels import Labels
from .matrices import many_to_one, matrix, one_to_many
from .metric import Metric
from .seeds import Seeds

__all__ = [
    "INF",
    "Hierarchy",
    "Labels",
    "Metric",
    "Seeds",
    "common_length",
    "frozen",
    "label_time",
    "many_to_one",
    "matrix",
    "one_to_many",
]
