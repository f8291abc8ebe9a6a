"""What a person or the clock can make happen, one transaction each."""
