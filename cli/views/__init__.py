"""How answers look on a terminal of 80 columns or more."""
