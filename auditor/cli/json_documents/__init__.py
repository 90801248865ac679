"""What commands print as JSON, a module for each document; `by_command` has them all."""
