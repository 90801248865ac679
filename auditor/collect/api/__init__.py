"""Requests to Okta's API, and the errors that it answers with."""
