"""What commands that audit share: preparation, and what is done with results."""
