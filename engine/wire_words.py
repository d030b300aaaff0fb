"""Values of the contract's enums, as the engine writes them."""

from __future__ import annotations

from towline.v1 import enums_pb2


def word(enum: str, number: int) -> str:
    """A value of one of the contract's enums as the engine writes it; numbers that are not known as they are."""
    values = getattr(enums_pb2, enum)
    if number not in values.values():
        return str(number)
    prefix = "".join(f"_{c}" if c.isupper() else c.upper() for c in enum).strip("_")
    return values.Name(number).removeprefix(f"{prefix}_").lower()
