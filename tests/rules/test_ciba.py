"""Clients that may use CIBA: a setting that was not kept is not a setting that is not there."""

from typing import Any

import pytest

from auditor.lint.examples import example_snapshot
from auditor.plugins import load_rules
from auditor.snapshot.collections import COLLECTIONS
from auditor.snapshot.document import Snapshot
from auditor.snapshot.org import Org
from auditor.tokens.caveat import CaveatKind
from auditor.tokens.decide import Decider
from auditor.tokens.grants import CIBA
from auditor.tokens.outcome import Outcome
from auditor.tokens.request import TokenRequest

(RULE,) = (rule for rule in load_rules() if rule.code == "OAM536")
LATER = {row.name for row in COLLECTIONS if row.later}


def snapshot(*, earlier: bool, **settings: Any) -> Snapshot:
    """A client that may use CIBA; of an earlier version, without the later collections."""
    oauth = {"application_type": "web", "grant_types": [CIBA], **settings}
    client = {
        "id": "0oa1",
        "settings": {"oauthClient": oauth, "implicitAssignment": True},
    }
    whole = example_snapshot({"/api/v1/apps": [client], "/api/v1/users": [{"id": "00u1"}]})
    kept = (row for row in whole.ledger.entries if not (earlier and row.collection in LATER))
    return whole.model_copy(
        update={"ledger": whole.ledger.model_copy(update={"entries": tuple(kept)})}
    )


@pytest.mark.parametrize(
    ("earlier", "settings", "missing"),
    [
        (False, {}, True),
        (False, {"backchannel_custom_authenticator_id": "aut1"}, False),
        (True, {}, False),
    ],
    ids=["not set", "set", "not kept"],
)
def test_an_authenticator_is_missing_only_where_the_setting_was_kept(
    *, earlier: bool, settings: dict[str, str], missing: bool
) -> None:
    org = Org.of(snapshot(earlier=earlier, **settings))
    request = TokenRequest(
        server="org", client="0oa1", grant=CIBA, user="00u1", scopes=frozenset({"openid"})
    )

    decision = Decider(org).decide(request)

    kinds = {caveat.kind for caveat in decision.caveats}
    assert decision.outcome is Outcome.MINTED
    assert len(list(RULE.findings(org))) == missing
    assert (CaveatKind.CIBA_AUTHENTICATOR in kinds) is missing
