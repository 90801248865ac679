"""Reading tenants: the export of one or of several, its progress, and its plan of requests."""
