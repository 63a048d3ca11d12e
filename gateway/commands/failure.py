"""Why a command cannot be carried out."""


class CommandFailure(Exception):
    """Its text is all that the person at the terminal sees: what was expected, what was found, what to do."""
