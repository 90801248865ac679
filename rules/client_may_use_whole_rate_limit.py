"""A client may use up a whole rate limit of the org.

All that calls Okta's APIs shares the org's rate limits. So that one client does not stand in the
way of the others, it may use half of each by default. At 100 percent, a loop in that client, or
whoever has its key, uses up the limit, and everybody else is answered with 429 `E0000047`.

Okta lists the rate limits of clients and of API tokens separately; those of API tokens are not
read.

Fix: give the client a smaller share, in the Admin Console where its rate limits are configured or
with the principal rate limits API.

Flagged:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Import"}],
     "/api/v1/principal-rate-limits": [
       {"id": "prl1", "principalId": "0oa1", "principalType": "OAUTH_CLIENT",
        "defaultPercentage": 100, "defaultConcurrencyPercentage": 75}]}

Accepted:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Import"},
                      {"id": "0oa2", "label": "Off", "status": "INACTIVE"}],
     "/api/v1/principal-rate-limits": [
       {"id": "prl1", "principalId": "0oa1", "principalType": "OAUTH_CLIENT",
        "defaultPercentage": 80, "defaultConcurrencyPercentage": 50},
       {"id": "prl2", "principalId": "0oa2", "principalType": "OAUTH_CLIENT",
        "defaultPercentage": 100, "defaultConcurrencyPercentage": 100}]}

See:
- Okta developer documentation, "Token and OAuth 2.0 app rate limits": half of a bucket by default
- Okta Management API, "Principal Rate Limits"
- Okta error codes, E0000047
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import Finding, Impact, Org, Related, Severity, quoted, rule
from auditor.oauth import Answer

_WHOLE = 100


@rule(
    "OAM812",
    severity=Severity.LOW,
    impact=Impact.RISKY,
    reads=["client_rate_limits", "apps"],
    answer=Answer(
        error="E0000047",
        description="API call exceeded rate limit due to too many requests.",
        log_filter='eventType eq "system.org.rate_limit.violation"',
    ),
)
def check(org: Org) -> Iterator[Finding]:
    apps = {app.id: app for app in org.apps}
    for limit in org.client_rate_limits:
        app = apps.get(limit.principal_id or "")
        shares = {
            "defaultPercentage": (limit.default_percentage, "the requests of a window"),
            "defaultConcurrencyPercentage": (
                limit.default_concurrency_percentage,
                "the requests at a time",
            ),
        }
        whole = {
            name: what
            for name, (percentage, what) in shares.items()
            if percentage is not None and percentage >= _WHOLE
        }
        if whole and (app is None or app.active):
            yield Finding(
                limit,
                f"Client {quoted(app.title if app else limit.title)} may use up all of "
                f"{' and of '.join(whole.values())} that Okta allows the org.",
                field=next(iter(whole)),
                related=(Related(record=app, role="the client"),) if app else (),
            )
