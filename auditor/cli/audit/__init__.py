"""What the commands that audit share: what is checked beforehand, and what is made of results."""
