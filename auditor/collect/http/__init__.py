"""HTTP with bounds. Knows nothing of Okta."""
