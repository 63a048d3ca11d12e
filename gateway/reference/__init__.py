"""What may be written in a configuration, told by the models that read it: for editors, and for people."""
