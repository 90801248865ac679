"""`okta-auditor rules --check`: a rule's author is told what is wrong, with file and line."""

from pathlib import Path

import pytest
from helpers import okta_auditor

SOUND = '''"""A group has no members.

Because.

Fix: add some.

Flagged:

    {"/api/v1/groups": [{"id": "00g1"}]}

Accepted:

    {"/api/v1/groups": []}
"""

from collections.abc import Iterator

from auditor import Finding, Impact, Org, Severity, quoted, rule


@rule("ACME001", severity=Severity.LOW, impact=Impact.DEAD, reads=["groups"])
def check(org: Org) -> Iterator[Finding]:
    for group in org.groups:
        yield Finding(group, f"Group {quoted(group.title)}.")
'''
YIELD = '        yield Finding(group, f"Group {quoted(group.title)}.")\n'


def pack(folder: Path, text: str = SOUND) -> Path:
    """A folder whose name has capitals and a space, with one rule."""
    rules = folder / "My Rules"
    rules.mkdir()
    (rules / "empty_group.py").write_text(text)
    return rules


def checked(rules: Path) -> list[str]:
    """The problems, without the folder's name."""
    outcome = okta_auditor("rules", "--check", rules)
    lines = outcome.stdout.splitlines()
    assert outcome.exit_code == (1 if lines else 0), outcome.shown
    assert all(line.startswith(f"{rules}/") for line in lines)
    return [line.removeprefix(f"{rules}/") for line in lines]


def test_a_sound_rule_has_no_problem(tmp_path: Path) -> None:
    rules = pack(tmp_path)
    (rules / "_helpers.py").write_text("LIMIT = 1\n")

    assert checked(rules) == []
    assert okta_auditor("rules", "--check", rules).stderr == "1 rule checked, 0 problems\n"


def test_the_built_in_rules_have_no_problem() -> None:
    assert checked(Path(__file__).parents[2] / "rules") == []


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("Fix: add", "Add", ':1: the module docstring has no "Fix:" section'),
        ("Because.\n\n", "", ":1: the module docstring does not say what is wrong and, after that"),
        (
            '"00g1"}]',
            '"00g1"},\n      {"id": oops}]',
            ":10: an example is not valid JSON: Expecting",
        ),
        ('{"/api/v1/groups": []}', "[]", ":13: an example is a JSON object"),
        ('[{"id": "00g1"}]', "[]", ":9: ACME001: the Flagged example gives no finding"),
        (
            '{"/api/v1/groups": []}',
            '{"/api/v1/groups": [{"id": "x"}]}',
            ':13: ACME001: the Accepted example gives a finding: Group "x".',
        ),
        (
            "/api/v1/groups",
            "/api/v1/gruops",
            (
                ":9: ACME001: Flagged example: /api/v1/gruops is no path that is read from a "
                "tenant; did you mean /api/v1/groups?"
            ),
        ),
        (
            YIELD,
            "        org.users\n" + YIELD,
            (
                ":24: ACME001: on the Flagged example: UndeclaredRead: "
                'add "users" to the rule\'s reads'
            ),
        ),
        (
            YIELD,
            "        org.group('g').title\n" + YIELD,
            ":24: ACME001: on the Flagged example: AttributeError: 'NoneType' object has no",
        ),
        (YIELD, YIELD + YIELD, ":9: ACME001: several findings of an example have one fingerprint"),
        (YIELD, "        yield None\n", ":9: ACME001: gives findings that cannot be reported"),
        (
            '["groups"]',
            '["Gruops"]',
            (
                ":21: ACME001 reads an unknown collection, 'Gruops'; did you mean groups? "
                "The collections are agent_connections, "
            ),
        ),
        (
            "Severity.LOW",
            "Severity.LWO",
            (
                ":21: Severity has no member LWO; did you mean LOW? It has CRITICAL, HIGH, MEDIUM, "
                "LOW and INFO"
            ),
        ),
        (
            "Impact.DEAD",
            '"Dead"',
            (
                ":21: ACME001 has the impact 'Dead'; it must be Impact.BROKEN, Impact.RISKY or "
                "Impact.DEAD"
            ),
        ),
        (
            '/api/v1/groups": [{',
            '/api/v1/authServers/aus1/scope": [{',
            (
                ":9: ACME001: Flagged example: /api/v1/authServers/aus1/scope is no path that is "
                "read from a tenant; did you mean /api/v1/authorizationServers/aus1/scopes?"
            ),
        ),
        (
            "org.groups",
            "org.authorization_servers",
            (
                ":23: ACME001: on the Flagged example: Org has no 'authorization_servers'; did you "
                "mean servers? It has able_users, "
            ),
        ),
        (
            '["groups"])',
            '["groups"], options=int)',
            ":21: ACME001: options must be a subclass of RuleOptions",
        ),
        (
            '["groups"])',
            '["groups"], options=__import__("auditor").RuleOptions)',
            ":21: ACME001: its function lacks the parameter `options`; it must take (org, options)",
        ),
        (
            "check(org: Org)",
            "check(org: Org, options: object)",
            ":21: ACME001: its function must take (org); a further parameter is for the options",
        ),
        ("ACME001", "Acme1", ":21: 'Acme1' is no rule code: two to ten capitals"),
        ("    for group", "    fro group", ":23: SyntaxError: invalid syntax"),
        ("quoted, rule", "Quotd, rule", ":18: ImportError: cannot import name 'Quotd'"),
        ("ACME001", "OAM101", ":21: OAM101: "),
        ("@rule(", "@rulle(", ":21: NameError: name 'rulle' is not defined"),
    ],
)
def test_a_problem_names_the_line(tmp_path: Path, old: str, new: str, problem: str) -> None:
    assert old in SOUND
    problems = checked(pack(tmp_path, SOUND.replace(old, new)))

    assert any(line.startswith(f"empty_group.py{problem}") for line in problems), problems


def test_every_rule_is_checked_whatever_the_others_are_like(tmp_path: Path) -> None:
    rules = pack(tmp_path)
    (rules / "a_broken.py").write_text("1 / 0\n")
    (rules / "z_twin.py").write_text(SOUND)
    (rules / "c_constants.py").write_text("LIMIT = 1\n")
    (rules / "d_script.py").write_text("import sys\nsys.exit(0)\n")

    assert checked(rules) == [
        "a_broken.py:1: ZeroDivisionError: division by zero",
        "c_constants.py:1: defines no rule; if others import it, begin its name with an underscore",
        "d_script.py:2: SystemExit: 0",
        f"z_twin.py:21: ACME001: {rules}/empty_group.py:21 defines the code ACME001 too",
    ]


def test_a_fault_that_several_examples_show_is_told_once(tmp_path: Path) -> None:
    both = SOUND.replace('": []}', '": [{"id": "00g2"}]}')
    crash = pack(tmp_path, both.replace("group.title", "group.title + org.groupz"))

    (problem,) = checked(crash)

    assert problem.startswith("empty_group.py:24: ACME001: on the Flagged example: Org has no")
    more = SOUND.replace('[{"id": "00g1"}]', '[{"id": "00g1"}, {"id": "00g2"}]')
    field = more.replace('}.")', '}.", field="profile.nam")')
    (tmp_path / "fields").mkdir()

    (problem,) = checked(pack(tmp_path / "fields", field))

    assert problem == (
        "empty_group.py:21: ACME001: a finding has the field 'profile.nam', which no Group has; "
        "did you mean profile.name?"
    )


def test_a_rule_whose_file_is_not_in_snake_case_is_refused_with_the_reason(tmp_path: Path) -> None:
    rules = pack(tmp_path)
    (rules / "empty_group.py").rename(rules / "EmptyGroup.py")

    (problem,) = checked(rules)

    assert problem == (
        "EmptyGroup.py:21: ACME001: the rule is named after its file, whose name must be in "
        "snake_case, for example group_without_members.py; it is EmptyGroup.py"
    )


def test_a_local_rule_that_was_not_loaded_is_asked_for_by_its_option() -> None:
    outcome = okta_auditor("rules", "ACME001")

    assert outcome.exit_code == 2
    assert "local rules need `--rules DIR`" in outcome.stderr


def test_loading_a_broken_rule_names_its_line_and_keeps_its_case(tmp_path: Path) -> None:
    rules = pack(tmp_path, SOUND.replace('["groups"]', '["Gruops"]'))

    outcome = okta_auditor("rules", "--rules", rules)

    assert outcome.exit_code == 2
    assert f"{rules}/empty_group.py:21: ACME001 reads an unknown collection, 'Gruops'" in (
        outcome.stderr
    )
    assert f"okta-auditor rules --check '{rules}'" in outcome.stderr


def test_two_rules_with_one_code_are_named_by_their_files(tmp_path: Path) -> None:
    rules = pack(tmp_path)
    (rules / "twin.py").write_text(SOUND)

    outcome = okta_auditor("rules", "--rules", rules)

    assert outcome.exit_code == 2
    assert f"{rules}/empty_group.py and {rules}/twin.py both define the code ACME001" in (
        outcome.stderr
    )


def test_a_folder_that_is_not_there_is_wrong_usage(tmp_path: Path) -> None:
    assert okta_auditor("rules", "--check", tmp_path / "nothing").exit_code == 2
