"""When a booking can be had: slots, what each costs the plan, and units kept free for those who will call."""
