"""The adapters: one package or module for each kind of system, behind the contract in ``adapters.spi``."""
