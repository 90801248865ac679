"""HCL of an org that is not in Terraform: it parses, and says what the org has."""

from __future__ import annotations

import re
from pathlib import Path

from helpers import okta_auditor, served, tenant
from hypothesis import given
from hypothesis import strategies as st

from auditor.terraform.import_blocks import hcl_text
from auditor.terraform.source.hcl_file import HclFile


def test_the_org_becomes_import_blocks_and_resources(tmp_path: Path) -> None:
    document = tenant()
    document["/api/v1/groups"].append(
        {"id": "00g9", "type": "OKTA_GROUP", "profile": {"name": 'Odd "${x}" %{if}\nname'}}
    )
    folder = tmp_path / "hcl"
    with served(document) as sandbox:
        outcome = okta_auditor(
            "snapshot", "-o", tmp_path / "s.json", "--import-blocks", folder, url=sandbox.url
        )
    assert outcome.exit_code == 0, outcome.shown
    files = {path.name: HclFile(path.read_text()) for path in folder.iterdir()}
    assert files.keys() == {"apps.tf", "groups.tf", "servers.tf"}
    blocks = [block for file in files.values() for block in file.blocks]
    resources = {block.labels for block in blocks if block.kind == "resource"}
    imports = [block for block in blocks if block.kind == "import"]
    assert len(imports) == len(resources)
    assert ("okta_auth_server_policy_rule", "readers") in resources
    assert ("okta_group", "everyone") not in resources, "Okta's own"
    servers = (folder / "servers.tf").read_text()
    assert 'id = "aus1/00p1/0pr1"' in servers
    assert "policy_id = okta_auth_server_policy.apps.id" in servers
    assert 'scope_whitelist = ["openid", "billing:read"]' in servers
    assert "$${x}" in (folder / "groups.tf").read_text()


def test_a_folder_with_configuration_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text("# ours\n")
    with served(tenant()) as sandbox:
        outcome = okta_auditor(
            "snapshot", "-o", tmp_path / "s.json", "--import-blocks", tmp_path, url=sandbox.url
        )
    assert outcome.exit_code == 2
    assert "holds Terraform configuration already" in outcome.stderr
    assert (tmp_path / "main.tf").read_text() == "# ours\n"


@given(st.text().filter(lambda text: "$${" not in text and "%%{" not in text and "\\U" not in text))
def test_a_text_is_one_literal_and_no_template(text: str) -> None:
    file = HclFile(f"a {{\n  b = {hcl_text(text)}\n}}\n")
    (block,) = file.blocks
    expression = file.source(block.attributes["b"].expression)
    assert read_back(expression) == text
    assert expression.isprintable()


def read_back(literal: str) -> str:
    """What HCL makes of a literal (language specification, "Template Expressions")."""
    inner = literal[1:-1].replace("$${", "${").replace("%%{", "%{")
    wide = re.sub(r"\\U([0-9a-f]{8})", lambda found: chr(int(found[1], 16)), inner)
    return re.sub(
        r'\\(?:([nrt"\\])|u([0-9a-f]{4}))',
        lambda found: _SHORT[found[1]] if found[1] else chr(int(found[2], 16)),
        wide,
    )


_SHORT = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}
