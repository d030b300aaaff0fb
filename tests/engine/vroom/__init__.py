"""Problems in VROOM's JSON."""
