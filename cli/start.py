"""Where the `towline` command begins: nothing is imported before signals and a closed output are provided for."""

from __future__ import annotations

import os
import signal
import sys

from cli import interrupts


def main() -> None:
    """Run the command line; the exit code is one of docs/cli.md."""
    try:
        if sys.argv[1:2] == ["serve"] and hasattr(signal, "SIGHUP"):
            signal.signal(signal.SIGHUP, signal.SIG_IGN)  # a reload that comes while starting must not end it
        interrupts.listen()
        _open_streams()
        from cli.main import run

        code = run()
    except BaseException:
        if not interrupts.came():
            raise
        print("stopped", file=sys.stderr)
        code = interrupts.exit_code()
    sys.exit(code)


def _open_streams() -> None:
    """Streams that the caller closed lead nowhere; those that cannot show a tick show a question mark."""
    closed = sys.stdout is None
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115, PTH123 - until the end
        reconfigure = getattr(getattr(sys, name), "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")
    if closed:
        print("note: standard output is closed; the answer goes nowhere", file=sys.stderr)


if __name__ == "__main__":
    main()
