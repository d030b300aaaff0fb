"""Travel times that change: hours of the week, weather, and a live feed. See docs/traffic.md."""

from graphs.metrics.entry import (
    Arcs,
    Area,
    Direction,
    EntryState,
    Refusal,
    RefusalCode,
    TrafficEntry,
    TrafficUpdate,
    Ways,
)
from graphs.metrics.label_book import LabelBook
from graphs.metrics.profile import TrafficProfile
from graphs.metrics.profile_file import FREE_FLOW, free_flow_profile, load_traffic_profile
from graphs.metrics.result import UpdateResult
from graphs.metrics.room import FeedLimits
from graphs.metrics.snapshot import MetricKey, TrafficSnapshot
from graphs.metrics.store import MetricStore, MetricView
from graphs.metrics.warmer import Warmer
from graphs.metrics.weather import Weather, WeatherSpell

__all__ = [
    "FREE_FLOW",
    "Arcs",
    "Area",
    "Direction",
    "EntryState",
    "FeedLimits",
    "LabelBook",
    "MetricKey",
    "MetricStore",
    "MetricView",
    "Refusal",
    "RefusalCode",
    "TrafficEntry",
    "TrafficProfile",
    "TrafficSnapshot",
    "TrafficUpdate",
    "UpdateResult",
    "Warmer",
    "Ways",
    "Weather",
    "WeatherSpell",
    "free_flow_profile",
    "load_traffic_profile",
]
