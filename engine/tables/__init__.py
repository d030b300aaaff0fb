"""Tables of incidents, units and providers, read with all their mistakes at once; plans written back."""
