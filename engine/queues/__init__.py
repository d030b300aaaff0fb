"""Queues: several jobs in order per unit, by column generation with a certified gap (docs/queues.md)."""
