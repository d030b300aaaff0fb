"""Whether work fits a shift."""

from __future__ import annotations

from numba import njit


def fits_shift(shift_end_ms, start_ms, busy_ms, most_overtime_ms):
    """Work begins within the shift, and ends no later than the greatest overtime after it."""
    return (start_ms <= shift_end_ms) & (start_ms + busy_ms <= shift_end_ms + most_overtime_ms)


#: The same in kernels.
fits_shift_kernel = njit(nogil=True, cache=True)(fits_shift)
