"""Regions out to networkx, GeoDataFrames and their files, with what OSMnx expects, and back."""
