"""What an authorization server does with a token request, decided from configuration alone."""
