"""The doctor's checks of what a token may do and how fast."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from auditor.collect.auth.credentials import PRIVATE_KEY, READ_SCOPES, Credentials
from auditor.collect.auth.fetch_token import AccessToken
from auditor.collect.doctor.checks import Check, CheckState
from auditor.collect.doctor.probes import Probe, RateLimitWindow, Readability
from auditor.collect.rate_limits.allowance import share_of
from auditor.snapshot.collections import COLLECTIONS, Collection
from auditor.text import listed

API_SCOPES = "Applications > the service app > Okta API Scopes"
"""Where in the Admin Console a service app is granted scopes."""

_HARDLY_ANY = 0.2
# Names: Okta's permissions catalog. Who may read client secrets, and that Read-only Administrator
# probably sees neither grants nor roles: SpecterOps OktaHound, "Okta_ReadClientSecret", roadmap.
_ROLE = (
    "an admin role that may view them: Read-only Administrator, which may not see scope grants "
    "and admin roles and may read client secrets; or, with the least rights, a custom role of "
    "okta.users.read, okta.groups.read, okta.apps.read, okta.authzServers.read and okta.iam.read "
    "for all users, groups, apps, authorization servers and IAM of the org, without "
    "okta.apps.clientCredentials.read, which shows client secrets"
)
_WITHOUT = (
    "Or do without, so that no night is red for it: accept the gap of each until a day "
    "([[accepted_gaps]], docs/suppressions.md; `snapshot` and `run` print the entries):"
)
_API_TOKEN = Check(
    "token", CheckState.OK, "Okta accepts the API token; it may do all that its owner may"
)


def issued(credentials: Credentials, token: AccessToken | None) -> Iterator[Check]:
    """Whether Okta accepts the token; None means an API token."""
    if token is None:
        yield _API_TOKEN
        return
    proof = "bound to a key by DPoP" if token.kind == "DPoP" else "without DPoP"
    yield Check(
        "token",
        CheckState.OK,
        f"Okta issues access tokens to client {credentials.client_id}, {proof}",
    )
    more = [scope for scope in token.scopes if scope not in READ_SCOPES]
    if more:
        yield Check(
            "scopes",
            CheckState.WARNING,
            f"the token may do more than an export needs: {listed(more, most=20)}",
            "Take them out of OKTA_CLIENT_SCOPES.",
        )


def readable(probes: Iterable[Probe], credentials: Credentials) -> Iterator[Check]:
    """What can be read, in one line, and what cannot, one line for each reason."""
    rows_by_reason: dict[tuple[Readability, str, str], list[Collection]] = {}
    for probe in _in_order(probes):
        key = (probe.readability, *_explained(probe, credentials))
        rows_by_reason.setdefault(key, []).append(probe.row)
    states = {Readability.ABSENT: CheckState.WARNING, Readability.REFUSED: CheckState.PROBLEM}
    states |= {Readability.FAILED: CheckState.PROBLEM}
    for (readability, reason, remedy), rows in sorted(
        rows_by_reason.items(), key=lambda item: item[0][0].value
    ):
        message = f"{listed([row.label for row in rows], most=len(rows))}{reason}"
        names = tuple(row.name for row in rows)
        refused = readability is Readability.REFUSED
        way_out = f"{remedy} {_WITHOUT} {' '.join(names)}" if refused else remedy
        yield Check("reading", states.get(readability, CheckState.OK), message, way_out, names)


def _in_order(probes: Iterable[Probe]) -> list[Probe]:
    place = {row.name: number for number, row in enumerate(COLLECTIONS)}
    return sorted(probes, key=lambda probe: place[probe.row.name])


def _explained(probe: Probe, credentials: Credentials) -> tuple[str, str]:
    cause = f" ({probe.reason})" if probe.reason else ""
    if probe.readability is Readability.READ:
        return " can be read", ""
    if probe.readability is Readability.UNKNOWN:
        return ": not asked for, because nothing was found that has them", ""
    if probe.readability is Readability.ABSENT:
        missing = probe.cause.feature or "the feature"
        return (
            f" do not exist: {missing} is not licensed{cause}",
            "Rules about them are not evaluated; nothing else is affected.",
        )
    if probe.readability is Readability.FAILED:
        return (
            f" could not be read{cause}",
            "Try again; see https://status.okta.com if it persists.",
        )
    if probe.lacks_scope:
        scope = probe.cause.oauth_scope
        return (
            f" cannot be read: the token lacks the scope {scope}{cause}",
            f"Grant {scope} under {API_SCOPES}, and name it in OKTA_CLIENT_SCOPES if that is set.",
        )
    who = "service app" if credentials.mode == PRIVATE_KEY else "token's owner"
    return f" cannot be read: an admin role is missing{cause}", f"Give the {who} {_ROLE}."


def windows(of_buckets: Mapping[str, RateLimitWindow], share: float | None) -> Iterator[Check]:
    """Each rate-limit bucket, and what an export would spend of it."""
    for bucket, window in sorted(of_buckets.items()):
        message = f"{bucket}: {window.limit} requests a minute, {window.remaining} left now; " + (
            "an export spends what others do not"
            if share is None
            else f"a share of {share:g} spends {share_of(window.limit, share)}"
        )
        if window.remaining < window.limit * _HARDLY_ANY:
            remedy = "Other clients are spending it; an export will have to wait."
            yield Check("rate limit", CheckState.WARNING, message, remedy)
        else:
            yield Check("rate limit", CheckState.OK, message)
