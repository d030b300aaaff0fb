"""Ways of deciding that a simulated day compares, by the names the command line knows."""

from __future__ import annotations

from collections.abc import Callable

from engine.errors import OptionError
from engine.simulate.moment import Strategy
from engine.simulate.strategies.immediate import Immediate
from engine.simulate.strategies.nearest import Nearest, NearestCall
from engine.simulate.strategies.reoptimise import Reoptimise

STRATEGIES: dict[str, Callable[[], Strategy]] = {
    "nearest-line": lambda: Nearest("line"),
    "nearest-eta": lambda: Nearest("eta"),
    "nearest-call": NearestCall,
    "immediate": Immediate,
    "reoptimise": Reoptimise,
}


def strategy_named(name: str) -> Strategy:
    """A strategy by its name; OptionError lists the names."""
    if name not in STRATEGIES:
        raise OptionError(f"there is no strategy {name!r}; choose from {', '.join(STRATEGIES)}", strategy=name)
    return STRATEGIES[name]()


__all__ = ["STRATEGIES", "Immediate", "Nearest", "NearestCall", "Reoptimise", "strategy_named"]
