"""The graph: its types, how each field is answered, and the choices made from what the sources gave."""
