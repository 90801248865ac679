"""An active access policy names a client that does not exist or is not active.

Okta refuses to save a policy with an unknown client id, so the app was deleted afterwards.
Such an entry grants nothing, but a reader takes it for access that is in use. An inactive app
gets no tokens and its old ones are invalid for good; when it is activated, the policy applies
to it again without review. AI agents are no apps, so their ids (`wlp…`, or the URL of a client
id metadata document) are not reported: whether the agent exists is not known from the apps.

Fix: remove the client from the policy; or activate the app if it is still needed.

Flagged:

    {"/api/v1/authorizationServers/aus1/policies": [
       {"name": "Billing", "conditions": {"clients": {"include": ["0oa1", "0oa2"]}}}],
     "/api/v1/apps": [{"id": "0oa1", "label": "Invoices"}]}

Flagged:

    {"/api/v1/authorizationServers/aus1/policies": [
       {"name": "Billing", "conditions": {"clients": {"include": ["0oa1"]}}}],
     "/api/v1/apps": [{"id": "0oa1", "label": "Invoices", "status": "INACTIVE"}]}

Accepted:

    {"/api/v1/authorizationServers/aus1/policies": [
       {"name": "Billing", "conditions": {"clients": {"include": ["invoices-web"]}}},
       {"name": "Default", "conditions": {"clients": {"include": ["ALL_CLIENTS"]}}}],
     "/api/v1/apps": [
       {"id": "0oa1", "credentials": {"oauthClient": {"client_id": "invoices-web"}}}]}

Accepted:

    {"/api/v1/authorizationServers/aus1/policies": [
       {"name": "Agents", "conditions": {"clients": {"include": [
          "wlp1qa1kd02bWzlBC0g7", "https://agent.example.com/client.json"]}}}]}

See:
- Okta developer documentation, "Secure AI agents": the policy of an agent's server names it
- Okta Management API, authorization server policies, `conditions.clients`
- System Log filter: `eventType eq "application.lifecycle.delete"`
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import Finding, Impact, Org, Related, Severity, quoted, rule
from auditor.models import ALL_CLIENTS, is_agent_id
from auditor.oauth import Answer, AnswerForm

from ._active import active_policies, policy_name

_FIELD = "conditions.clients.include"

# OAuth API description, and the support article "Invalid_Client Error Returned When Requesting
# OAuth Token(s)".
_UNKNOWN_CLIENT = Answer(
    error="invalid_client",
    description="Invalid value for 'client_id' parameter.",
    forms=(AnswerForm.UNAUTHORIZED,),
)


@rule("OAM203", severity=Severity.MEDIUM, impact=Impact.DEAD, reads=["policies", "apps"])
def check(org: Org) -> Iterator[Finding]:
    # Whether Okta also takes the app id of a client with its own client id is not documented.
    apps = {app.id: app for app in org.apps} | {app.client_id: app for app in org.apps}
    for server, policy in active_policies(org):
        for client_id in dict.fromkeys(policy.clients):
            app = apps.get(client_id)
            if client_id == ALL_CLIENTS or is_agent_id(client_id) or (app and app.active):
                continue
            if app is None:
                yield Finding(
                    policy,
                    f"{policy_name(policy, server)} names client {quoted(client_id)}, "
                    "which is no OIDC app of this org.",
                    field=_FIELD,
                    key=client_id,
                    answer=_UNKNOWN_CLIENT,
                )
            else:
                yield Finding(
                    policy,
                    f"{policy_name(policy, server)} names client {quoted(app.title)} "
                    f"({quoted(client_id)}), whose app is not active.",
                    field=_FIELD,
                    key=client_id,
                    related=(Related(record=app, role="the client"),),
                )
