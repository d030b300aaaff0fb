"""What can be done with incidents: a command checks the head and changes it, or raises and changes nothing."""
