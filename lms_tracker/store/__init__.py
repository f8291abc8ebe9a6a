"""The only rooms that speak SQL; every function takes the open transaction as its first argument."""
