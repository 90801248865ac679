"""What need not be read again, because an older snapshot has it and nothing says it changed."""
