"""A learning record store that credits citizens' learning hours, with a calendar of learning events."""
