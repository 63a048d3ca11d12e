"""What ``crossdock`` can be asked to do, one file per command."""
