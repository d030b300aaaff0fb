"""Files that come into being together: whole or not at all, and never in place of what is being read."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType

from engine.errors import OutputConflictError, OutputFileError

AnyPath = str | os.PathLike[str]


def keep_apart(outputs: Mapping[str, AnyPath | None], inputs: Mapping[str, AnyPath | None]) -> None:
    """OutputConflictError when an output is the same file as an input or as another output; keys name the options.

    The same file by whatever name: relative, through a symbolic link, by a second hard link.
    """
    taken = [(option, Path(path)) for option, path in inputs.items() if path is not None]
    for option, given in outputs.items():
        if given is None:
            continue
        path = Path(given)
        for other, known in taken:
            if not _same(path, known):
                continue
            use = "which is read and would be overwritten" if other in inputs else "which is written too"
            raise OutputConflictError(
                f"{option} {path} is the same file as {other}, {use}; choose another name", file=path, other=other
            )
        taken.append((option, path))


def try_to_write(path: Path) -> None:
    """OutputFileError where no file can be made beside the output; none is left."""
    _, part = _places(path)
    try:
        part.touch()
        part.unlink()
    except OSError as error:
        why = error.strerror or error
        raise OutputFileError(f"{path} cannot be written: {why}; choose another", file=path) from None


def _places(path: Path) -> tuple[Path, Path]:
    """(where it really is, where it is made until it is whole)."""
    target = Path(os.path.realpath(path))  # a symbolic link stays one
    return target, target.with_name(f".{target.stem}.{os.getpid()}{target.suffix}")


def _same(one: Path, other: Path) -> bool:
    try:
        if one.samefile(other):
            return True
    except (OSError, ValueError):  # one of them is not there yet
        pass
    return os.path.normcase(os.path.realpath(one)) == os.path.normcase(os.path.realpath(other))


class Outputs:
    """Collects finished files beside their places and puts them there at the end of its ``with`` block.

    An exception in the block leaves everything as it was.
    """

    def __init__(self) -> None:
        self._staged: list[tuple[Path, Path, Path]] = []  # as named, where it really is, the finished part

    def write(self, path: AnyPath, write: Callable[[Path], object]) -> None:
        """``write`` makes the file at the place it is given; OutputFileError when that fails."""
        path = Path(path)
        target, part = _places(path)
        self._staged.append((path, target, part))
        try:
            write(part)
        except OSError as error:
            raise _failed(path, error) from None

    def __enter__(self) -> Outputs:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None):
        try:
            if kind is None:
                self._publish()
        finally:
            for _, _, part in self._staged:
                part.unlink(missing_ok=True)

    def _publish(self) -> None:
        done: list[Path] = []
        for path, target, part in self._staged:
            try:
                part.replace(target)
            except OSError as error:
                raise _failed(path, error, done) from None
            done.append(path)


def _failed(path: Path, error: OSError, done: list[Path] | None = None) -> OutputFileError:
    written = f"; already written: {', '.join(map(str, done))}" if done else "; nothing was written"
    return OutputFileError(f"{path} cannot be written: {error.strerror or error}{written}", file=path)
