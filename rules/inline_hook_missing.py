"""An active rule calls a token inline hook that does not exist or is not active.

A token inline hook changes claims before a token is minted. It fails open: where Okta gets no
answer from it, within 3 seconds and after one retry, the token is issued unmodified. Claims
that the hook was to add are missing then, and claims that it was to remove are in the token.
A hook must not be a security gate.

Fix: activate the hook, or name one that exists; or remove it from the rule if its changes are
not needed.

Flagged:

    {"/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"name": "Web", "actions": {"token": {"inlineHook": {"id": "cal1"}}}}],
     "/api/v1/inlineHooks": [{"id": "cal1", "name": "Add roles", "status": "INACTIVE"}]}

Flagged:

    {"/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"name": "Web", "actions": {"token": {"inlineHook": {"id": "cal2"}}}}]}

Accepted:

    {"/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"name": "Web", "actions": {"token": {"inlineHook": {"id": "cal1"}}}},
       {"name": "Plain", "actions": {"token": {"inlineHook": null}}}],
     "/api/v1/inlineHooks": [{"id": "cal1", "name": "Add roles"}]}

See:
- Okta developer documentation, "Inline hooks": time-out and failure
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import Finding, Impact, Org, Related, Severity, quoted, rule

from ._active import active_rules, rule_name
from ._witness import minted_by, of_rule


@rule("OAM313", severity=Severity.HIGH, impact=Impact.RISKY, reads=["policy_rules", "inline_hooks"])
def check(org: Org) -> Iterator[Finding]:
    hooks = {hook.id: hook for hook in org.inline_hooks}
    for server, policy, policy_rule in active_rules(org):
        reference = policy_rule.token.inline_hook
        if reference is None or not reference.id:
            continue
        hook = hooks.get(reference.id)
        if hook and hook.active:
            continue
        state = (
            f"{quoted(hook.title)}, which is not active"
            if hook
            else f"{quoted(reference.id)}, which does not exist"
        )
        yield Finding(
            policy_rule,
            f"{rule_name(policy_rule, policy, server)} calls inline hook {state}: "
            "hooks fail open, so tokens are issued without its changes.",
            field="actions.token.inlineHook.id",
            witness=of_rule(server, policy, policy_rule, minted_by(policy_rule)),
            related=(Related(record=hook, role="the inline hook"),) if hook else (),
        )
