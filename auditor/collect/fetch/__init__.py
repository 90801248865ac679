"""Reads one list: page by page, with retries, a circuit breaker and bounds to everything."""
