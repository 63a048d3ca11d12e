"""Wrappers that answer requests without asking the source again."""
