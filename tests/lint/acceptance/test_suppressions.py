"""Suppressions: nothing but a sound file passes, and each complaint points at its line."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.errors import UsageError
from auditor.lint.acceptance.suppression import Suppression, SuppressionPolicy, Suppressions
from auditor.lint.acceptance.suppression_writing import with_entry
from auditor.lint.acceptance.suppressions_file import (
    parse_suppressions,
    read_suppressions,
    suppressions_schema,
)
from auditor.plugins import load_rules
from auditor.toml_lines import key_lines, tables_of

RULES = load_rules()
TODAY = date(2026, 11, 21)
POLICY = SuppressionPolicy()

ENTRY = """\
[[suppression]]
rule = "OAM101"
target = "aus1"
reason = "It is a test."
owner = "me"
expires = 2026-12-31
"""


def parsed(text: str, policy: SuppressionPolicy = POLICY, as_of: date = TODAY) -> Suppressions:
    return parse_suppressions(text, Path("s.toml"), RULES, policy, as_of)


def changed(old: str, new: str) -> str:
    assert old in ENTRY
    return ENTRY.replace(old, new)


def test_a_sound_file_is_read_with_its_lines() -> None:
    other = changed("aus1", "aus2")
    found = parsed(f"# Reviewed by the team.\n\n{ENTRY}\n{other}").entries

    assert [entry.where for entry in found] == ["s.toml:3", "s.toml:10"]
    assert found[1].suppression == Suppression(
        rule="OAM101", target="aus2", reason="It is a test.", owner="me", expires=date(2026, 12, 31)
    )


def test_a_file_without_entries_suppresses_nothing() -> None:
    assert parsed("# nothing yet\n").entries == ()


@pytest.mark.parametrize(
    ("text", "line", "says", "remedy"),
    [
        (changed("owner", "Owner"), 1, "owner: the key is missing", "schema"),
        (ENTRY + "until = 1\n", 7, 'unknown key "until"', "schema"),
        (ENTRY + 'tickets = "1"\n', 7, 'unknown key "tickets"; did you mean ticket?', "schema"),
        (changed('rule = "OAM101"\n', ""), 1, "rule: the key is missing", "schema"),
        (changed("expires = 2026-12-31\n", ""), 1, "expires: the key is missing", "schema"),
        (changed('"aus1"', "1"), 3, "target: must be text", "schema"),
        (changed('"aus1"', '["aus1", "aus2"]'), 3, "target: must be text", "schema"),
        (changed('"aus1"', '"  "'), 3, "target: must be text that is not empty", "schema"),
        (changed('"It is a test."', '""'), 4, "reason: must be text that is not empty", "schema"),
        (changed('"me"', '" "'), 5, "owner: must be text that is not empty", "schema"),
        (changed('"me"', '""'), 5, "owner: must be text that is not empty", "schema"),
        (changed("2026-12-31", '"2026-12-31"'), 6, "expires: must be a date", "schema"),
        (changed("2026-12-31", "2026-12-31T00:00:00Z"), 6, "expires: must be a date", "schema"),
        (changed("2026-12-31", "2026-02-30"), 6, "not valid TOML", "schema"),
        (changed("2026-12-31", "2027-11-22"), 6, "expires: 2027-11-22 is more than 365", "up to"),
        (changed("2026-12-31", "9999-12-31"), 6, "is more than 365 days", "2027-11-21"),
        (changed("OAM101", "OAM1O1"), 2, 'rule: no rule has the code "OAM1O1"; did', "rules"),
        (changed("OAM101", "OAM1"), 2, 'rule: no rule has the code "OAM1"', "rules"),
        (changed("OAM101", "*"), 2, 'rule: no rule has the code "*"', "rules"),
        (changed("OAM101", "wide-open-rule"), 2, "its code is OAM303", "rules"),
        (ENTRY + "\n" + ENTRY, 8, "is suppressed already on line 1", "field"),
        (ENTRY + "\n" + ENTRY + 'field = "x"\n', 8, "is suppressed already on line 1", "field"),
        (ENTRY + 'fingerprint = "abc"\n', 7, "fingerprint: must be the 32", "schema"),
        (ENTRY + f'field = "x"\nfingerprint = "{"a" * 32}"\n', 8, "fingerprint: a fing", "Remove"),
        (ENTRY + f'key = "x"\nfingerprint = "{"a" * 32}"\n', 8, "fingerprint: a fing", "Remove"),
        (ENTRY + 'rule = "OAM102"\n', 7, "not valid TOML", "schema"),
        ("suppressions = 1\n" + ENTRY, 1, 'unknown key "suppressions"', "schema"),
        (ENTRY + "\n[policy]\nmax_days = 9\n", 8, 'unknown key "policy"', "schema"),
        (ENTRY + "\n[suppression.extra]\na = 1\n", 8, 'unknown key "extra"', "schema"),
        ("suppression = []\n", 0, "", ""),
        ('\nsuppression = [{rule = "OAM101"}]\n', 2, "each entry must be a table", "[[supp"),
        ("suppression = 1\n", 1, "each entry must be a table", "[[supp"),
        ("[suppression]\nrule = 1\n", 1, "each entry must be a table", "[[supp"),
        (f"<<<<<<< HEAD\n{ENTRY}=======\n>>>>>>> b\n", 1, "a merge conflict", "markers"),
        (f"{ENTRY}>>>>>>> b\n", 7, "a merge conflict", "markers"),
        (f"{ENTRY}=======\n", 7, "not valid TOML", "schema"),
        (ENTRY + "a = " + "[" * 5000, 1, "nested too deeply", "schema"),
        (ENTRY + "a = " + "1" * 5000, 1, "too long", "schema"),
        (ENTRY + 'reason2 = "\x1b[31m"\n', 7, "not valid TOML", "schema"),
        (ENTRY + '"\\u001b[31m" = 1\n', 7, 'unknown key "\ufffd[31m"', "schema"),
        (ENTRY[:-3], 6, "not valid TOML", "schema"),
    ],
)
def test_what_is_not_understood_is_refused_with_its_line(
    tmp_path: Path, text: str, line: int, says: str, remedy: str
) -> None:
    path = tmp_path / "s.toml"
    path.write_bytes(text.encode())
    if not line:  # an array without entries is one
        assert read_suppressions(path, RULES, POLICY, TODAY).entries == ()
        return

    with pytest.raises(UsageError) as caught:
        read_suppressions(path, RULES, POLICY, TODAY)

    assert caught.value.message.startswith(f"{path}:{line}: ")
    assert says in caught.value.message
    assert remedy in caught.value.remedy
    assert "\x1b" not in caught.value.message


def test_lines_are_counted_outside_of_strings_and_whatever_the_layout() -> None:
    text = '''\
# [[suppression]]
[[ "suppression" ]]   # [[suppression]]
rule = "OAM101"
reason = """
[[suppression]]
owner = "nobody" \\"""
"""
"owner"   = \'\'\'
[[suppression]]
\'\'\'
target = "a#[[\\"["
expires = 2026-12-31

  [['suppression']]
expires = 2026-12-31
target = 'b'
owner = "me"
rule = "OAM101"
reason = "x"
'''
    tables = tables_of(key_lines(text.replace("\n", "\r\n")), "suppression")

    assert [table.line for table in tables] == [2, 14]
    assert tables[0].keys == {"rule": 3, "reason": 4, "owner": 8, "target": 11, "expires": 12}
    assert [entry.where for entry in parsed(text).entries] == ["s.toml:2", "s.toml:14"]


def test_the_policy_may_ask_for_a_ticket_and_forbid_rules() -> None:
    with pytest.raises(UsageError, match=r"s.toml:1: ticket: the key is missing"):
        parsed(ENTRY, SuppressionPolicy(require_ticket=True))
    assert parsed(f'{ENTRY}ticket = "SEC-1"\n', SuppressionPolicy(require_ticket=True)).entries
    with pytest.raises(UsageError, match=r"s.toml:2: rule: findings of OAM101 may not"):
        parsed(ENTRY, SuppressionPolicy(never=("OAM1",)))
    with pytest.raises(UsageError, match=r"suppression_policy.never: No rule"):
        parsed(ENTRY, SuppressionPolicy(never=("OAM101", "no-such-rule")))
    with pytest.raises(UsageError, match=r"s.toml:6: expires: 2026-12-31 is more than 39 days"):
        parsed(ENTRY, SuppressionPolicy(max_days=39))
    assert parsed(ENTRY, SuppressionPolicy(max_days=40, never=("OAM2",))).entries


def test_entries_that_are_set_apart_may_stand_side_by_side() -> None:
    first, second = ENTRY + 'field = "a"\n', ENTRY + 'field = "b"\n'
    assert len(parsed(first + second).entries) == 2
    assert len(parsed(f'{first}key = "1"\n{first}key = "2"\n').entries) == 2
    prints = [f'{ENTRY}fingerprint = "{digit * 32}"\n' for digit in "ab"]
    assert len(parsed("".join(prints)).entries) == 2


def test_only_a_regular_utf_8_file_is_read(tmp_path: Path) -> None:
    def refused(path: Path) -> str:
        with pytest.raises(UsageError) as caught:
            read_suppressions(path, RULES, POLICY, TODAY)
        assert caught.value.remedy
        return caught.value.message

    sound = tmp_path / "sound.toml"
    sound.write_text(ENTRY)
    link = tmp_path / "link.toml"
    link.symlink_to(sound)
    latin = tmp_path / "latin.toml"
    latin.write_bytes(ENTRY.encode() + b'name = "M\xfcller"\n')
    huge = tmp_path / "huge.toml"
    with huge.open("wb") as file:
        file.truncate(50_000_001)

    assert "is a symbolic link" in refused(link)
    assert "is a folder, not a file" in refused(tmp_path)
    assert refused(latin) == f"{latin}:7: the file is not UTF-8 text."
    assert "larger than 50 MB" in refused(huge)
    assert "There is no file" in refused(tmp_path / "none.toml")


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "s.toml"
    path.write_bytes(b"\xef\xbb\xbf" + ENTRY.replace("\n", "\r\n").encode())
    assert len(read_suppressions(path, RULES, POLICY, TODAY).entries) == 1


WORDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(str.strip)
ENTRIES = st.builds(
    Suppression,
    rule=st.sampled_from([rule.code for rule in RULES]),
    target=WORDS,
    name=st.none() | WORDS,
    field=st.none() | WORDS,
    key=st.none() | WORDS,
    reason=WORDS,
    owner=WORDS,
    ticket=st.none() | WORDS,
    expires=st.dates(TODAY, TODAY + timedelta(days=365)),
)


@settings(deadline=None)
@given(st.lists(ENTRIES, min_size=1, max_size=4, unique_by=lambda item: item.target))
def test_written_entries_are_read_as_they_were_and_where_they_are(
    entries: list[Suppression],
) -> None:
    text = "# ours, all of it\n"
    for entry in entries:
        before, text = text, with_entry(text, entry)
        assert text.startswith(before)

    found = parsed(text).entries

    assert [entry.suppression for entry in found] == entries
    lines = text.split("\n")
    for entry in found:
        assert lines[int(entry.where.rpartition(":")[2]) - 1] == "[[suppression]]"
    assert not any(char in text for char in "\x1b\u202e\u200b\U000e0041")


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_no_bytes_at_all_end_in_a_traceback(data: bytes) -> None:
    text = data.decode("utf-8", "ignore")
    try:
        parsed(text)
    except UsageError as error:
        assert error.message.startswith("s.toml:")  # noqa: PT017 - both ends are fine


def test_the_schema_knows_every_key() -> None:
    schema = suppressions_schema()
    keys = schema["$defs"]["Suppression"]
    assert set(keys["required"]) == {"rule", "target", "reason", "owner", "expires"}
    assert keys["additionalProperties"] is False
