"""The `towline` command: thin; it parses, calls the engine, prints."""
