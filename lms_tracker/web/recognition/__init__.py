"""Pages of the yearly recognition."""
