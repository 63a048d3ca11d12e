"""Configuration: YAML files with positions in, typed settings and registrations out, every mistake in one report."""
