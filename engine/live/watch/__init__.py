"""Telling watchers what happens: events to each in order and none missed, however fast it reads (docs/watch.md)."""
