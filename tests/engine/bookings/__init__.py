"""Slots of bookings."""
