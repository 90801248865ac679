"""What `logs` does with what was pulled or read: its copy without people, its text and JSON."""
