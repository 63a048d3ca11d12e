"""An adapter of one's own: a midrange computer that answers fixed-width lines over a socket."""
