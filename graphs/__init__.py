"""Road networks: import, preprocess, store, search. Knows streets, not incidents."""
