"""What a tenant holds, as one document: models, the ledger, reading and writing."""
