"""Answers in OSRM's shapes, so that Towline can stand where OSRM stood: ``table``, ``route`` and ``nearest``."""

from engine.osrm.answer import answer
from engine.osrm.http import OsrmServer

__all__ = ["OsrmServer", "answer"]
