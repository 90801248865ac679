"""Codes and refresh tokens that are over."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.diagnosis.case import Case
from auditor.diagnosis.causes.needs import of_app, of_client_and_user, of_user
from auditor.diagnosis.causes.verdict import (
    CauseVerdict,
    evidence,
    likely,
    not_so,
    proven,
    unknown,
)
from auditor.diagnosis.known_error import (
    FAILED_REQUESTS,
    KnownError,
    of_rejection,
    request,
    setting,
)
from auditor.diagnosis.request_words import RequestWords
from auditor.snapshot.models.clients import App
from auditor.snapshot.models.directory import User
from auditor.snapshot.models.servers import PolicyRule
from auditor.text import duration, one_line, quoted
from auditor.tokens import rejections
from auditor.tokens.grants import AUTHORIZATION_CODE, REFRESH_TOKEN
from auditor.tokens.people import assignment_test
from auditor.tokens.rule_conditions import gives_refresh_tokens

_GONE = frozenset({"SUSPENDED", "DEPROVISIONED"})


@of_user
def _user_ended(case: Case, user: User) -> CauseVerdict:
    own = case.org.user(user.id)
    assert own is not None
    if own.status is None:
        return unknown(f"the status of user {quoted(own.title)} is not in the snapshot")
    shown = evidence(own, "status", own.status)
    if own.status in _GONE:
        return proven(f"user {quoted(own.title)} is {one_line(own.status)}", shown).fixed_by(
            "activate the user, and have them sign in again"
        )
    return not_so(f"user {quoted(own.title)} is {one_line(own.status)}", shown)


@of_app
def _client_inactive(client: App) -> CauseVerdict:
    shown = evidence(client, "status", client.status)
    if client.active:
        return not_so(f"client {quoted(client.title)} is active", shown)
    return proven(f"client {quoted(client.title)} is not active, which ends its tokens", shown)


@of_client_and_user
def _unassigned(case: Case, client: App, user: User) -> CauseVerdict:
    answer = assignment_test(case.org, client)(user.id)
    if answer is None:
        return unknown(f"not all assignments of client {quoted(client.title)} were read")
    if answer:
        return not_so(f"user {quoted(user.title)} is assigned to client {quoted(client.title)}")
    groups = [case.org.group(one.id) for one in case.org.assigned_groups(client)]
    shown = evidence(client, "groups", [group.title for group in groups if group])
    text = f"user {quoted(user.title)} is not assigned to client {quoted(client.title)} any more"
    return proven(text, shown)


def _rules(case: Case) -> Iterator[PolicyRule]:
    """Active rules by which the client may have got its refresh token."""
    client = case.client
    if client is None:
        return
    covering = [(server, policy) for server, policy in case.org.covering(client.client_id)]
    for server, policy in covering:
        if case.server is not None and server.id != case.server.id:
            continue
        for rule in case.org.live_rules(policy):
            if gives_refresh_tokens(rule):
                yield rule


def _lifetime(case: Case) -> CauseVerdict:
    """The lifetimes say when a token ends; when it was issued is not known."""
    if case.client is None:
        return unknown("which client it was is not known", "--client")
    rules = list(_rules(case))
    if not rules:
        return unknown("no rule that was read gives the client a refresh token")
    for rule in rules:
        token = rule.token
        access, lifetime = token.access_token_lifetime_minutes, token.refresh_token_lifetime_minutes
        window = token.refresh_token_window_minutes
        for field, minutes in (
            ("refreshTokenLifetimeMinutes", lifetime),
            ("refreshTokenWindowMinutes", window),
        ):
            if access and minutes and minutes < access:
                shown = evidence(rule, f"actions.token.{field}", minutes)
                own = evidence(rule, "actions.token.accessTokenLifetimeMinutes", access)
                text = (
                    f"rule {quoted(rule.title)} ends refresh tokens after {duration(minutes)}, "
                    f"before the access token of {duration(access)} is over"
                )
                return likely(text, shown, own).fixed_by(
                    "give refresh tokens a lifetime and a window longer than access tokens"
                )
    shortest = min(rules, key=lambda rule: rule.token.refresh_token_window_minutes or 10**9)
    window = shortest.token.refresh_token_window_minutes
    unused = f" when unused for {duration(window)}" if window else ""
    return unknown(
        f"a refresh token of the client ends{unused} (rule {quoted(shortest.title)}), and when "
        "this one was issued and used is not known"
    )


@of_app
def _rotated(client: App) -> CauseVerdict:
    settings = client.oauth.refresh_token
    shown = evidence(
        client, "settings.oauthClient.refresh_token.rotation_type", settings.rotation_type
    )
    if settings.rotation_type == "STATIC":
        return not_so("the client's refresh tokens are not rotated", shown)
    if settings.rotation_type is None:
        return unknown("whether the client's refresh tokens are rotated is not in the snapshot")
    return unknown(
        "the client's refresh tokens are rotated; whether an older one was sent again "
        'is in the System Log: eventType eq "app.oauth2.as.token.detect_reuse"'
    )


ROWS: tuple[KnownError, ...] = (
    KnownError(
        name="code-invalid",
        error="invalid_grant",
        text="The authorization code is invalid or has expired.",
        status="400",
        meaning="The code was redeemed already, has expired after five minutes, or its PKCE "
        "verifier is another's. No setting of the org leads to it.",
        causes=(
            request(
                "code-used-twice",
                "it is redeemed twice, by a retry or a second tab, or too late",
                "redeem it once, at once",
            ),
            request(
                "another-verifier",
                "the PKCE verifier is another request's",
                "keep verifier and state together",
            ),
        ),
        tells=RequestWords(grant=AUTHORIZATION_CODE),
        log_filter=FAILED_REQUESTS,
        source="OAuth API description",
    ),
    KnownError(
        name="grant-of-another-client",
        error="invalid_grant",
        text="The grant was issued to another client.",
        pattern=r"grant was issued to another client",
        status="400",
        meaning="The code or the refresh token belongs to another client than its sender.",
        causes=(
            request(
                "another-client",
                "the code was asked for with another client id than it is redeemed with",
                "use one client id for both requests",
            ),
        ),
        log_filter=FAILED_REQUESTS,
        source="OAuth API description",
    ),
    of_rejection(
        "refresh-ended",
        rejections.REFRESH_ENDED,
        "The refresh token is over: expired, unused for too long, revoked, rotated away, or its "
        "user or client has ended.",
        setting(
            "user-ended",
            "the user is suspended, deprovisioned or deleted",
            "have the user sign in again once they are active",
            _user_ended,
        ),
        setting(
            "client-inactive",
            "the app was deactivated, which ends its tokens for good",
            "activate it, and have people sign in again",
            _client_inactive,
        ),
        setting(
            "user-unassigned",
            "the user is not assigned to the app any more",
            "assign the user, and have them sign in again",
            _unassigned,
        ),
        setting(
            "lifetime-over",
            "the rule's lifetime or window is over",
            "sign in again; lengthen the rule's window if that comes too often",
            _lifetime,
        ),
        request(
            "rotated-token-sent",
            "a rotated token was used again",
            "keep the newest one; one refresh at a time",
            _rotated,
        ),
        tells=RequestWords(grant=REFRESH_TOKEN),
        status="400",
    ),
)
