"""The queue solver, against brute force and plain Python."""
