"""Arrays without reference counts inside kernels.

numba counts references to each array of a tuple at each use of the tuple; in loops that costs up to a hundred times
the work itself. A kernel that is handed tuples of arrays borrows them once at its beginning: the caller holds them for
as long as it runs.
"""

from __future__ import annotations

from typing import Any

from numba.core import cgutils, types
from numba.core.extending import intrinsic
from numba.np.arrayobj import make_array


def _borrow_array(context, builder, kind, value):
    array = make_array(kind)(context, builder, value=value)
    array.meminfo = cgutils.get_null_value(array.meminfo.type)
    array.parent = cgutils.get_null_value(array.parent.type)
    return array._getvalue()


def _borrow(typingctx, arrays):  # noqa: ARG001
    """The same array, or named tuple of arrays and numbers, uncounted."""
    signature = arrays(arrays)

    def generate(context, builder, signature, args):
        kind = signature.args[0]
        if isinstance(kind, types.Array):
            return _borrow_array(context, builder, kind, args[0])
        items = cgutils.unpack_tuple(builder, args[0], len(kind))
        made = [
            _borrow_array(context, builder, each, item) if isinstance(each, types.Array) else item
            for each, item in zip(kind, items, strict=True)
        ]
        return context.make_tuple(builder, kind, made)

    return signature, generate


#: borrow(arrays): to be called in kernels only.
borrow: Any = intrinsic(_borrow)
