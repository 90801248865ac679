"""Token requests to the sandbox, decided as `explain` decides them.

endpoints      finds the server, and leads to the endpoint
token          `/token` of any server, but for client credentials at the org server
authorize      `/authorize` of any server
services       what both work with
call           a request, before anything is known of it
clients        authenticates the client
people         users by id, login or email, and their passwords
subjects       for whom a token is asked at `/token`, and whether that is proven
tenant_org     the tenant file as an org
decisions      asks the decision engine about it
refusals       what is refused, in Okta's words where they are published
minting        signs tokens
issued_grants  keeps codes and tokens that may come back
events         writes all of it into the System Log
"""
