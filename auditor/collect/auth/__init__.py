"""Who asks: credentials, and access tokens of service apps."""
