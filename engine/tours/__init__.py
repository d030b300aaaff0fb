"""Tours of several jobs a unit: from a situation to the queue solver (`engine.queues`) and back to a plan."""
