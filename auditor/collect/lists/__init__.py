"""What a snapshot keeps of the lists that were read, and the ledger that counts it."""
