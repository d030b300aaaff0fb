"""Posts that cannot be used: which row, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from graphs.errors import InputError

#: Faults named in a sentence.
NAMED = 3


@dataclass(frozen=True)
class PostFault:
    """A post that is left out."""

    row: int  # as a spreadsheet counts: the header of a CSV is row 1; rows of other tables count from 1
    message: str  # what is wrong and what to do
    error: type[InputError]

    def __str__(self) -> str:
        return f"row {self.row}: {self.message}"

    def raised(self) -> InputError:
        """The same as an error."""
        return self.error(f"Row {self.row} of the posts: {self.message}.", row=self.row)


def in_words(faults: Sequence[PostFault]) -> str:
    """How many posts are left out, and the first of them."""
    named = "; ".join(map(str, faults[:NAMED])) + (" …" if len(faults) > NAMED else "")
    return f"{len(faults):,} {'post is' if len(faults) == 1 else 'posts are'} left out ({named})"
