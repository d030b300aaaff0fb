"""Whom a fleet reaches in time, and what changes if ...; see docs/planning.md."""
