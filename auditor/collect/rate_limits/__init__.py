"""When a request may be sent; `waiting` makes it wait until then."""
