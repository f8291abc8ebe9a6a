"""How fast the service takes statements in, against what the database could do at most. See README.md."""
