"""GS1 numbers: the thirteenth digit of a GTIN, a GLN or a loyalty card."""


def with_check_digit(twelve: str) -> str:
    """Twelve digits followed by their check digit."""
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(twelve))
    return f"{twelve}{-total % 10}"
