"""Trying a registration: one request seen as it goes out and comes back, kept as an example, and run again."""
