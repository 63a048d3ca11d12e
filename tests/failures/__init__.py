"""Every failure against every kind of adapter, through the whole gateway."""
