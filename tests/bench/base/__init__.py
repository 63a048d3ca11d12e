"""The yardstick: the same graph over the same systems, by hand with Strawberry and DataLoaders."""
