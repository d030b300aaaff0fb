"""Ways over the network: one route with its geometry and explanation, and how far one gets in a given time."""

from graphs.routes.isochrone import Isochrone, isochrone
from graphs.routes.route import Route, find_route

__all__ = ["Isochrone", "Route", "find_route", "isochrone"]
