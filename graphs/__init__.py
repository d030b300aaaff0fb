"""Road networks: import, preprocess, store, search. Knows streets, not incidents."""

from graphs.kernel_cache import use_kernel_cache

use_kernel_cache()
