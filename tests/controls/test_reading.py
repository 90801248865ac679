"""A framework's file: what is not sound is refused, with the file, the line and what to do."""

import re
from pathlib import Path

import jsonschema
import pytest
import yaml

from auditor.controls import read_framework
from auditor.controls.framework_file import parse_framework
from auditor.controls.framework_loading import ORDER
from auditor.controls.framework_schema import framework_schema
from auditor.errors import UsageError

GOOD = """\
id: acme
title: Acme IAM
version: 4.0
source: https://acme.example
beyond:
  - What people do.
controls:
  - id: A-1
    title: No passwords
    related: {OAM506: The client may use it.}
    direct:
      OAM305: The password grant gives
        the password away.
"""
PATH = Path("acme.yaml")
ROOT = Path(__file__).parents[2]


def test_a_sound_file() -> None:
    framework = parse_framework(GOOD, PATH, {"OAM305", "OAM506"})

    assert (framework.id, framework.version) == ("acme", "4.0")
    (control,) = framework.controls
    assert [(m.rule, m.strength) for m in control.rules] == [
        ("OAM305", "direct"),
        ("OAM506", "related"),
    ]
    assert control.rules[0].rationale == "The password grant gives the password away."


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("title: Acme IAM\n", "titel: Acme IAM\n", 'acme.yaml:2: unknown key "titel" of the file'),
        ("title: Acme IAM\n", "", "acme.yaml:1: the file lacks title."),
        ("id: acme\n", "id: Acme IAM\n", "acme.yaml:1: id: must be small letters"),
        ("version: 4.0", "version:", "acme.yaml:3: version: must be text"),
        ("version: 4.0", "version: [4]", "acme.yaml:3: version: must be text"),
        ("  - What people do.", "  {}", "acme.yaml:6: beyond: must be a list"),
        ("OAM506:", "OAM999:", "acme.yaml:10: no rule has the code OAM999"),
        ("OAM506:", "oam-506:", 'acme.yaml:10: "oam-506" is no rule code'),
        ("OAM506:", "OAM305:", "acme.yaml:10: OAM305 is both direct and related"),
        ("title: No passwords", "strength: 5", 'acme.yaml:9: unknown key "strength" of a control'),
        ("    title: No passwords", "    id: A-2", "acme.yaml:9: id: the key is given twice"),
        ("direct:\n", "direct: &x\n", None),
        ("version: 4.0", "version: *x", "acme.yaml:3: found undefined alias"),
        ("title: Acme", "title: &x Acme", None),
        ("beyond:", "beyond: [", "acme.yaml:"),
        ("Acme IAM", "Acme \x07", "acme.yaml:2: it holds a character that YAML forbids"),
    ],
)
def test_what_is_refused(old: str, new: str, said: str | None) -> None:
    assert old in GOOD
    text = GOOD.replace(old, new, 1)
    if said is None:
        assert parse_framework(text, PATH)
        return
    with pytest.raises(UsageError) as caught:
        parse_framework(text, PATH, {"OAM305", "OAM506"})
    assert caught.value.message.startswith(said)
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "acme.yaml:1: it is empty."),
        ("- 1\n", "acme.yaml:1: the file must be a mapping of keys to values."),
        ("[" * 1000, "acme.yaml:1: it is nested too deeply."),
        (GOOD.replace("Acme IAM", "&a x").replace("4.0", "*a"), "acme.yaml:2: aliases are not"),
        (GOOD + GOOD.partition("controls:\n")[2], 'acme.yaml:14: control "A-1" is there twice.'),
        (
            GOOD.partition("    related")[0],
            'acme.yaml:8: control "A-1" has no rule; name some under direct or related',
        ),
    ],
)
def test_what_is_no_framework(text: str, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_framework(text, PATH)
    assert caught.value.message.startswith(said)


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"There is no file .*none\.yaml"):
        read_framework(tmp_path / "none.yaml")
    (tmp_path / "latin.yaml").write_bytes(b"id: acme\ntitle: \xe9\n")
    with pytest.raises(UsageError, match=r"latin\.yaml:2: the file is not UTF-8"):
        read_framework(tmp_path / "latin.yaml")


def test_the_schema_accepts_every_framework_and_refuses_what_reading_refuses() -> None:
    schema = framework_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    for name in ORDER:
        text = (ROOT / "auditor" / "controls" / "frameworks" / f"{name}.yaml").read_text()
        validator.validate(yaml.safe_load(text))
    for text in (
        GOOD.replace("id: acme", "id: Acme IAM"),
        GOOD.replace("beyond:", "besides:"),
        GOOD.partition("    related")[0],
        re.sub("OAM[0-9]+", "oam1", GOOD),
        GOOD.partition("controls:")[0] + "controls: []\n",
    ):
        assert not validator.is_valid(yaml.safe_load(text)), text
        with pytest.raises(UsageError):
            parse_framework(text, PATH)
