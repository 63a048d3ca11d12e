"""The engine: an operation is planned, its steps are run, and what they bring is projected into the answer."""
