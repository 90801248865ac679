"""An active claim puts a personal secret of the user into tokens.

Whatever stands in a token can be read by everybody who sees it: tokens are encoded, not
encrypted, and end up in logs, browsers and support tickets. Numbers of identity
documents, birth dates, salaries, bank accounts, passwords and health do not belong
there. The attribute's name decides what counts as one; the names are an option. Servers
that encrypt access tokens are left out as far as access tokens go.

Fix: delete the claim, and let the API look the value up where it is kept and protected.

Flagged:

    {"/api/v1/authorizationServers/aus1/claims": [
       {"name": "born", "claimType": "RESOURCE", "valueType": "EXPRESSION",
        "value": "user.birth_date", "alwaysIncludeInToken": true}]}

Accepted:

    {"/api/v1/authorizationServers/aus1/claims": [
       {"name": "department", "claimType": "RESOURCE", "valueType": "EXPRESSION",
        "value": "user.department"},
       {"name": "class", "claimType": "RESOURCE", "valueType": "EXPRESSION",
        "value": "user.className"},
       {"name": "old", "status": "INACTIVE", "claimType": "RESOURCE", "valueType": "EXPRESSION",
        "value": "user.ssn"}]}

Accepted:

    {"/api/v1/authorizationServers": [
       {"id": "aus1", "accessTokenEncryptedResponseAlgorithm": "RSA-OAEP-256"}],
     "/api/v1/authorizationServers/aus1/claims": [
       {"name": "salary", "claimType": "RESOURCE", "valueType": "EXPRESSION",
        "value": "user.salary"}]}

See:
- Okta developer documentation, "Customize tokens returned from Okta with custom claims"
- RFC 7519, section 12, "Privacy Considerations"
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pydantic import Field

from auditor import Confidence, Finding, Impact, Org, RuleOptions, Severity, listed, quoted, rule
from auditor.models import AuthorizationServer, Claim

from ._active import active_servers
from ._expressions import attributes
from ._patterns import Patterns, matches

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


class SensitiveClaimOptions(RuleOptions):
    """What a personal secret is."""

    sensitive_attributes: Patterns = Field(
        default=(
            "birth*",
            "dateofbirth",
            "dob",
            "bankaccount*",
            "diagnosis",
            "disability*",
            "ethnicity",
            "iban",
            "medical*",
            "nationalid*",
            "passport*",
            "password*",
            "religion",
            "salary",
            "socialsecurity*",
            "ssn",
            "taxid*",
        ),
        description="An attribute is sensitive if its name without `_`, or a word of it, is one "
        "of these. `*` and `?` stand for any letters; capitals make no difference.",
    )

    def sensitive(self, attribute: str) -> bool:
        """Whether an attribute's name says that it is a personal secret."""
        whole = attribute.replace("_", "")
        return matches(self.sensitive_attributes, whole, *_WORD.findall(attribute))


@rule(
    "OAM413",
    severity=Severity.MEDIUM,
    impact=Impact.RISKY,
    confidence=Confidence.MEDIUM,
    reads=["claims"],
    options=SensitiveClaimOptions,
)
def check(org: Org, options: SensitiveClaimOptions) -> Iterator[Finding]:
    for server in active_servers(org):
        for claim in org.claims(server):
            if not claim.active or _encrypted(server, claim):
                continue
            secret = list(filter(options.sensitive, attributes(claim)))
            if secret:
                kind = "ID tokens" if claim.claim_type == "IDENTITY" else "access tokens"
                yield Finding(
                    claim,
                    f"Claim {quoted(claim.title)} of authorization server {quoted(server.title)} "
                    f"puts {listed(map(quoted, secret))} into {kind}, where everybody who sees "
                    "one can read it.",
                    field="value",
                )


def _encrypted(server: AuthorizationServer, claim: Claim) -> bool:
    algorithm = server.access_token_encrypted_response_algorithm
    return bool(algorithm) and claim.claim_type == "RESOURCE"
