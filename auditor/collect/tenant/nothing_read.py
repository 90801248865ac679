"""Errors of an export that could read nothing."""

from __future__ import annotations

from collections.abc import Iterable

from auditor.collect.fetch.problems import Problem
from auditor.errors import CollectError


def no_answer(org_url: str, problem: Problem) -> CollectError:
    """The org does not answer, or not like an Okta org."""
    what = "could not be reached" if problem.unreachable else "did not answer like an Okta org"
    return CollectError(
        f"{org_url} {what}: {problem.reason}. Nothing was written.",
        remedy="Check OKTA_CLIENT_ORGURL, the network and proxy, and https://status.okta.com.",
    )


def out_of_time(org_url: str, max_time_s: float) -> CollectError:
    """The time was over before a single list was read."""
    return CollectError(
        f"Nothing could be read from {org_url} within {max_time_s:g} s. Nothing was written.",
        remedy="Give it more time with --max-time; `okta-auditor doctor` says what is slow.",
    )


def nothing_readable(org_url: str, problems: Iterable[Problem]) -> CollectError:
    """The org answers, but not a single list could be read."""
    reasons = sorted({problem.reason for problem in problems})
    return CollectError(
        f"Nothing could be read from {org_url}: {'; '.join(reasons[:3])}. Nothing was written.",
        remedy="Give the token's owner or the service app a role that may view the "
        "configuration, such as Read-only Administrator, and the scopes in the README.",
    )
