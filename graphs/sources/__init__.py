"""Readers of road networks, each giving a `graphs.raw.RawNetwork`."""
