"""Traces, metrics and logs: what happened and what it took, and never a value that somebody asked for or got."""
