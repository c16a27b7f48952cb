"""One file per preflight check."""
