"""How many requests an export takes, and how long the rate limits make it."""
