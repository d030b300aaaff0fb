"""An example fleet for the region in the box, to try planning with."""

from __future__ import annotations

from datetime import UTC, datetime

from engine.generate import generate_fleet
from engine.model import Fleet
from graphs.bundled import load_coquimbo_population
from graphs.region import Region

PROVIDERS, UNITS = 24, 40
EXAMPLE = f"{PROVIDERS} providers with {UNITS} units"


def example_fleet(region: Region) -> Fleet:
    """Drawn from a seed: the same every time. Nobody is busy or off duty; half the units stand at their base."""
    return generate_fleet(
        region,
        load_coquimbo_population(),
        seed=7,
        now=datetime(2026, 3, 3, 12, tzinfo=UTC),
        providers=PROVIDERS,
        units=UNITS,
        busy_share=0.0,
        off_duty_share=0.0,
    )
