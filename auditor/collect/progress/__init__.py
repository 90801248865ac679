"""How far an export is."""
