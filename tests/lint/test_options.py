"""Options of rules, set in the configuration file, through the command line."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from helpers import okta_auditor

from auditor.lint.examples import example_snapshot
from auditor.plugins import load_rules
from auditor.snapshot.document import dump_snapshot

RULES = "/api/v1/authorizationServers/aus1/policies/p1/rules"
SCOPES = "/api/v1/authorizationServers/aus1/scopes"
CODES = sorted(rule.code for rule in load_rules() if rule.options)


def lifetime(minutes: int) -> dict[str, Any]:
    return {RULES: [{"actions": {"token": {"accessTokenLifetimeMinutes": minutes}}}]}


def window(minutes: int) -> dict[str, Any]:
    conditions = {
        "grantTypes": {"include": ["authorization_code"]},
        "scopes": {"include": ["offline_access"]},
    }
    token = {"refreshTokenWindowMinutes": minutes}
    grants = {"grant_types": ["authorization_code", "refresh_token"]}
    return {
        "/api/v1/apps": [{"id": "0oa1", "settings": {"oauthClient": grants}}],
        RULES.removesuffix("/p1/rules"): [
            {"id": "p1", "conditions": {"clients": {"include": ["0oa1"]}}}
        ],
        RULES: [{"conditions": conditions, "actions": {"token": token}}],
    }


def key_rotated(day: str) -> dict[str, Any]:
    signing = {"rotationMode": "MANUAL", "lastRotated": f"{day}T00:00:00Z"}
    return {"/api/v1/authorizationServers": [{"credentials": {"signing": signing}}]}


def token_until(day: str) -> dict[str, Any]:
    return {"/api/v1/api-tokens": [{"tokenWindow": "P30D", "expiresAt": f"{day}T00:00:00Z"}]}


def default_scope(name: str) -> dict[str, Any]:
    return {
        RULES: [{"conditions": {"scopes": {"include": ["*"]}}}],
        SCOPES: [{"name": name, "default": True}],
    }


def audited(tmp_path: Path, example: dict[str, Any], code: str, config: str) -> list[str]:
    """The messages of one rule."""
    outcome = run(tmp_path, example, code, config)
    assert outcome.exit_code in {0, 1}, outcome.stderr
    return [finding["message"] for finding in json.loads(outcome.stdout)["findings"]]


def run(tmp_path: Path, example: dict[str, Any], code: str, config: str) -> Any:
    (tmp_path / "s.json").write_bytes(dump_snapshot(example_snapshot(example)))
    (tmp_path / "c.toml").write_text(config)
    snapshot, settings = tmp_path / "s.json", tmp_path / "c.toml"
    return okta_auditor("audit", snapshot, "--config", settings, "--select", code, "-O", "json")


@pytest.mark.parametrize(
    ("code", "example", "option"),
    [
        ("OAM702", lifetime(31), "ceiling_minutes = 30"),
        ("OAM706", window(1441), "ceiling_minutes = 1440"),
        ("OAM707", key_rotated("2025-12-01"), "max_age_days = 30"),
        ("OAM801", token_until("2026-01-10"), "expiry_days = 10"),
        ("OAM802", token_until("2026-01-25"), "idle_days = 5"),
        ("OAM406", default_scope("payments:refund"), 'privileged_scopes = ["refund"]'),
    ],
)
def test_a_stricter_option_reports_more(
    tmp_path: Path, code: str, example: dict[str, Any], option: str
) -> None:
    assert audited(tmp_path, example, code, "") == []
    assert len(audited(tmp_path, example, code, f"[options.{code}]\n{option}")) == 1


@pytest.mark.parametrize(
    ("code", "example", "option"),
    [
        ("OAM702", lifetime(61), "ceiling_minutes = 1440"),
        ("OAM706", window(50_000), "ceiling_minutes = 50000"),
        ("OAM707", key_rotated("2025-08-01"), "max_age_days = 365"),
        ("OAM801", token_until("2026-01-07"), "expiry_days = 2"),
        ("OAM802", token_until("2026-01-12"), "idle_days = 30"),
        ("OAM406", default_scope("orders:write"), "privileged_scopes = []"),
    ],
)
def test_a_laxer_option_reports_less(
    tmp_path: Path, code: str, example: dict[str, Any], option: str
) -> None:
    assert len(audited(tmp_path, example, code, "")) == 1
    assert audited(tmp_path, example, code, f"[options.{code}]\n{option}") == []


def test_the_message_names_the_ceiling_that_was_set(tmp_path: Path) -> None:
    (message,) = audited(
        tmp_path, lifetime(240), "OAM702", "[options.OAM702]\nceiling_minutes = 120"
    )

    assert "240 minutes (4 hours), more than 120" in message


@pytest.mark.parametrize(
    ("code", "option", "said"),
    [
        ("OAM702", "ceiling_minutes = 4", "greater than or equal to 5"),
        ("OAM702", "ceiling_minutes = 1441", "less than or equal to 1440"),
        ("OAM702", 'ceiling_minutes = "an hour"', "valid integer"),
        ("OAM706", "ceiling_minutes = 9", "greater than or equal to 10"),
        ("OAM707", "max_age_days = 0", "greater than or equal to 1"),
        ("OAM801", "expiry_days = 15", "less than or equal to 14"),
        ("OAM802", "idle_days = 366", "less than or equal to 365"),
        ("OAM406", 'privileged_scopes = "write"', "valid tuple"),
        ("OAM406", 'privileged_scopes = [""]', "at least 1 character"),
    ],
)
def test_a_value_out_of_bounds_is_refused(
    tmp_path: Path, code: str, option: str, said: str
) -> None:
    outcome = run(tmp_path, {}, code, f"[options.{code}]\n{option}")

    assert outcome.exit_code == 2
    assert f"options.{code}.{option.partition(' ')[0]}" in outcome.stderr
    assert said in outcome.stderr


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ("[options.OAM702]\nceiling_minuts = 30", "did you mean ceiling_minutes?"),
        ("[options.OAM101]\nceiling_minutes = 30", "it has no options"),
        ("[options.long-acess-lifetime]\nx = 1", "did you mean long-access-lifetime?"),
        ("[options.ALL]\ncieling_minutes = 30", "did you mean ceiling_minutes?"),
        ("[options.OAM9]\nceiling_minutes = 30", "No rule has the code, prefix or name 'OAM9'"),
        ('[options.""]\nceiling_minutes = 30', "No rule has the code, prefix or name ''"),
    ],
)
def test_what_does_not_exist_is_refused_with_a_suggestion(
    tmp_path: Path, config: str, said: str
) -> None:
    outcome = run(tmp_path, {}, "OAM702", config)

    assert outcome.exit_code == 2
    assert said in outcome.stderr


def test_a_rule_can_be_named(tmp_path: Path) -> None:
    config = "[options.long-access-lifetime]\nceiling_minutes = 30"

    assert audited(tmp_path, lifetime(31), "OAM702", config)


def test_a_prefix_sets_an_option_of_the_rules_that_have_it(tmp_path: Path) -> None:
    config = "[options.OAM80]\nexpiry_days = 12"

    # At 10 days left a token is one rule's subject or the other's, never both's.
    assert audited(tmp_path, token_until("2026-01-11"), "OAM801", config)
    assert audited(tmp_path, token_until("2026-01-11"), "OAM802", config) == []
    assert audited(tmp_path, token_until("2026-01-11"), "OAM801", "") == []
    assert audited(tmp_path, token_until("2026-01-11"), "OAM802", "")


def test_all_sets_an_option_of_every_rule_that_has_it(tmp_path: Path) -> None:
    config = '[options.ALL]\nprivileged_scopes = ["refund"]'
    example = default_scope("payments:refund")

    assert audited(tmp_path, example, "OAM406", config)
    assert audited(tmp_path, example, "OAM309", config)


def test_the_longer_match_wins(tmp_path: Path) -> None:
    config = (
        "[options.OAM702]\nceiling_minutes = 90\n"
        "[options.OAM7]\nceiling_minutes = 30\n[options.ALL]\nceiling_minutes = 60"
    )

    assert audited(tmp_path, lifetime(80), "OAM702", config) == []
    assert audited(tmp_path, lifetime(100), "OAM702", config)


def test_a_code_and_a_name_that_disagree_are_refused(tmp_path: Path) -> None:
    config = (
        "[options.OAM702]\nceiling_minutes = 90\n"
        "[options.long-access-lifetime]\nceiling_minutes = 30"
    )
    outcome = run(tmp_path, {}, "OAM702", config)

    assert outcome.exit_code == 2
    assert "OAM702 and long-access-lifetime give OAM702 two values." in outcome.stderr
    assert audited(tmp_path, lifetime(80), "OAM702", config.replace("30", "90")) == []


@pytest.mark.parametrize("code", CODES)
def test_the_page_documents_the_options(code: str) -> None:
    page = okta_auditor("rules", code).stdout
    (options,) = re.findall(r"## Options\n\n(.*?)\n\n## ", page, re.DOTALL)

    assert f"`[options.{code}]`" in options
    for row in options.splitlines()[4:]:
        assert re.fullmatch(r"\| `\w+` \| `.+` \| .+\. \|", row), row


def test_rules_that_share_an_option_share_its_default() -> None:
    defaults: dict[str, set[str]] = {}
    for rule in load_rules():
        for name, default, _ in type(rule.options).documented() if rule.options else ():
            if name in {"privileged_scopes", "expiry_days"}:
                defaults.setdefault(name, set()).add(default)

    assert {name: len(values) for name, values in defaults.items()} == {
        "privileged_scopes": 1,
        "expiry_days": 1,
    }
