"""Users who cannot sign in, or have no session."""

from __future__ import annotations

from auditor.diagnosis.case import Case
from auditor.diagnosis.causes.needs import of_user
from auditor.diagnosis.causes.verdict import CauseVerdict, evidence, not_so, proven, unknown
from auditor.diagnosis.known_error import FAILED_REQUESTS, KnownError, request, setting
from auditor.diagnosis.request_words import RequestWords
from auditor.snapshot.models.directory import User
from auditor.text import one_line, quoted
from auditor.tokens.grants import PASSWORD
from auditor.tokens.user_checks import can_sign_in

_SIGN_IN = (
    'eventType eq "user.session.start" and (outcome.result eq "FAILURE" or '
    'outcome.result eq "DENY")'
)


@of_user
def _cannot_sign_in(case: Case, user: User) -> CauseVerdict:
    own = case.org.user(user.id)
    assert own is not None
    if own.status is None:
        return unknown(f"the status of user {quoted(own.title)} is not in the snapshot")
    shown = evidence(own, "status", own.status)
    able = can_sign_in(case.grant or PASSWORD, own.status)
    status = one_line(own.status)
    if able:
        return not_so(f"user {quoted(own.title)} is {status}", shown)
    return proven(f"user {quoted(own.title)} is {status}", shown).fixed_by(
        "unlock or activate the user, or have them set a new password"
    )


_USER = setting(
    "user-cannot-sign-in",
    "the user is locked out, suspended, deprovisioned, or has to set a password",
    "unlock or activate the user",
    _cannot_sign_in,
)

ROWS: tuple[KnownError, ...] = (
    KnownError(
        name="user-credentials",
        error="invalid_grant",
        text="The credentials provided were invalid.",
        status="400",
        meaning="User name or password is wrong, or the user may not sign in.",
        causes=(
            _USER,
            request(
                "password-wrong",
                "the password is wrong, or a sign-on policy asks for another factor",
                "try it at the org's sign-in page",
            ),
        ),
        tells=RequestWords(grant=PASSWORD),
        log_filter=_SIGN_IN,
        source="support threads",
    ),
    KnownError(
        name="login-required",
        error="login_required",
        text="The client specified not to prompt, but the user is not logged in.",
        pattern=r"not to prompt, but the user is not",
        status="redirect",
        meaning="The request has prompt=none, and there is no session at Okta.",
        causes=(
            request(
                "no-session",
                "the session has ended, or the browser blocks its cookie",
                "sign in with a page; use a custom domain so that the cookie is no third party's",
            ),
        ),
        tells=RequestWords(prompt="none"),
        log_filter=FAILED_REQUESTS,
        source="reference of OpenID Connect",
    ),
    KnownError(
        name="E0000004",
        error="E0000004",
        text="Authentication failed",
        status="401",
        meaning="User name or password is wrong, or the user may not sign in.",
        causes=(
            _USER,
            request(
                "credentials-wrong",
                "the credentials are wrong",
                "try them at the org's sign-in page",
            ),
        ),
        log_filter=_SIGN_IN,
        source="Okta error codes",
    ),
)
