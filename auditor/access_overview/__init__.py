"""Who obtains what: servers, policies, rules and clients of a tenant as reports picture them."""
