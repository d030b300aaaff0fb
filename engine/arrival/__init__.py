"""How sure arrivals are: the distribution of one arrival, promises as probabilities, promises that can be offered."""
