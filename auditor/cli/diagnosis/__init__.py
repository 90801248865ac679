"""What `diagnose` reads of a person, and its answer as text and JSON."""
