"""Overdue analysis: which promises were broken, by how much, and why (docs/report.md)."""

from engine.live.report.causes import Cause as Cause
from engine.live.report.figures import Figures as Figures
from engine.live.report.figures import by as by
from engine.live.report.overdue import Overdue as Overdue
from engine.live.report.overdue import overdue as overdue
from engine.live.report.promises import Broken as Broken
