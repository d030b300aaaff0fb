"""Live state: incidents from the call to the end, one writer, clocks, offers, and what is told to those who watch."""
