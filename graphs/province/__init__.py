"""Made-up provinces: cities joined by highways, where sixty minutes matter."""

from graphs.province.province import Province, make_province

__all__ = ["Province", "make_province"]
