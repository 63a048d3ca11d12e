"""Worked examples: nothing in the gateway imports them."""
