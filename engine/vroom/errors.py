"""What can be wrong with a problem file; ``path`` in the metadata says where in the JSON."""

from __future__ import annotations

from graphs.errors import InputError


class ProblemError(InputError):
    """A problem that is not of the format, or contradicts itself."""

    reason = "INVALID_PROBLEM"


class UnsupportedProblemError(InputError):
    """A problem of the format that Towline's model has no place for."""

    reason = "UNSUPPORTED_PROBLEM"


def wrong(path: str, message: str) -> ProblemError:
    """The value at a path cannot be used."""
    return ProblemError(f"{path} {message}", path=path)
