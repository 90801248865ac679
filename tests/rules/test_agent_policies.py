"""AI agents that policies name: rules judge what is known of them, and nothing else."""

from typing import Any

import pytest
from rule_findings import reported

SERVER = "/api/v1/authorizationServers/aus1"
BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
CODE = "authorization_code"
AGENT = {"id": "wlp1", "status": "ACTIVE", "signOnProvider": {"appInstanceId": "0oa1"}}

Json = dict[str, Any]


def shadowed(*rules: str, agents: list[Json], grants: tuple[str, ...] = (BEARER,)) -> list[str]:
    """What is found where two rules for an app and an agent are equal.

    Args:
        rules: for each rule, the policy that it belongs to.
        agents: those that were read.
        grants: the grant types of both rules.
    """
    settings = {"application_type": "web", "grant_types": [BEARER, CODE]}
    equal = {
        "conditions": {
            "people": {"groups": {"include": ["EVERYONE"]}},
            "grantTypes": {"include": list(grants)},
            "scopes": {"include": ["crm.read"]},
        }
    }
    document: Json = {
        "/api/v1/apps": [{"id": "0oa1", "label": "CRM", "settings": {"oauthClient": settings}}],
        "/api/v1/apps/0oa1/users": [{"id": "00u1"}],
        "/api/v1/users": [{"id": "00u1", "status": "ACTIVE"}],
        "/workload-principals/api/v1/ai-agents": agents,
        f"{SERVER}/scopes": [{"name": "crm.read"}],
        f"{SERVER}/policies": [
            {"id": name, "conditions": {"clients": {"include": ["0oa1", "wlp1"]}}}
            for name in dict.fromkeys(rules)
        ],
    }
    for name in rules:
        path = f"{SERVER}/policies/{name}/rules"
        document.setdefault(path, []).append({"id": f"r{len(document.get(path, []))}", **equal})
    return reported(document, "OAM206", "OAM318")


@pytest.mark.parametrize(("policies", "code"), [(("p1", "p1"), "OAM318"), (("p1", "p2"), "OAM206")])
def test_what_earlier_rules_take_is_judged_where_agents_are_known(
    policies: tuple[str, str], code: str
) -> None:
    assert shadowed(*policies, agents=[AGENT]) == [code]
    assert shadowed(*policies, agents=[{**AGENT, "status": "STAGED"}]) == []
    assert shadowed(*policies, agents=[]) == []
    assert shadowed(*policies, agents=[AGENT], grants=(BEARER, CODE)) == []
