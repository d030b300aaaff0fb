"""Stopping work in threads: a flag that kernels look at, and an exception for the Python between them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


class HaltedError(Exception):
    """The flag was raised; what is under way is worth nothing."""


class Halt:
    """`flag` [1] is what kernels look at."""

    def __init__(self) -> None:
        self.flag: npt.NDArray[np.bool_] = np.zeros(1, np.bool_)

    def raise_flag(self) -> None:
        self.flag[0] = True

    def look(self) -> None:
        """Raises HaltedError when the flag is raised. O(1)."""
        if self.flag[0]:
            raise HaltedError
