"""Cover lost: what demand is left without when a unit is sent, priced in the cost (docs/cost.md)."""
