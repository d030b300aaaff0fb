"""``python -m cli``."""

from cli.start import main

main()
