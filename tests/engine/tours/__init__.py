"""Plans with several incidents a unit."""
