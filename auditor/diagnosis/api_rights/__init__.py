"""Which rights a call of the Okta APIs needs, and which of them its caller lacks.

`endpoints` reads the table that `docs/api_rights.py` makes of Okta's OpenAPI documents,
`admin_roles` tells what is published of roles, and `refusal` holds a refused call against a token
and a snapshot.
"""
