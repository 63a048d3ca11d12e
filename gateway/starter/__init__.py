"""The files that ``crossdock init`` writes: one folder to start from per kind of system."""
