"""The rules of driving over a road network: forbidden turns, roads usable at the ends of a trip only."""
