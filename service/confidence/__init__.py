"""What verdicts' confidence is worth, and the maps that make it so."""
