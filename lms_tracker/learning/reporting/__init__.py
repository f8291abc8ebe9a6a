"""What figures know: numbers as people write them, ratios, the indicator register, plans. Pure."""
