"""Every block and attribute of HCL has its place, held against a reading of another kind.

The files have the shapes of the provider's own examples: resources of the modelled types, with
all that HCL allows to stand between.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from auditor.terraform.resource_types import RESOURCE_TYPES
from auditor.terraform.source.hcl_file import HclBlock, HclFile
from auditor.terraform.source.source_tree import SourceTree

Spot = tuple[str, tuple[str, ...], int, int]
"""A name, the labels of a block, line and column."""

SERVERS = """\
# One server, and all that belongs to it.
variable "audience" { default = "api://billing" }

resource "okta_auth_server" "billing" {
  name        = "Billing"
  audiences   = [var.audience, "api://{not a block}"]
  description = <<-EOT
    status = "INACTIVE"
    resource "okta_group" "none" {
  EOT
  status      = "ACTIVE" // as it should be
}

resource "okta_auth_server_policy" "apps" {
  auth_server_id   = okta_auth_server.billing.id
  client_whitelist = [
    okta_app_oauth.shop.id,
    # "ALL_CLIENTS",
    okta_app_oauth.till["a.b"].id,
  ]
  priority = 1
  name = "Ap\\"ps" /* client_whitelist = ["x"] */
  lifecycle { ignore_changes = [priority] }
}
\tresource "okta_auth_server_policy_rule" "readers" {
\tname = "é̃ ünï 💥"
\t  scope_whitelist = ["billing:read"]
  group_whitelist=["EVERYONE"]
    access_token_lifetime_minutes    =    60
  dynamic "timeouts" {
    for_each = { for key in ["a"] : key => { x = key } }
    content {
      create = "${timeouts.value.x}-{"
    }
  }
}
resource "okta_auth_server_scope" "read" {
  for_each = toset(["billing:read", "billing:write"])
  name     = each.key
  auth_server_id = (
    okta_auth_server.billing.id
  )
  consent = each.key == "billing:write" ? "REQUIRED" : "IMPLICIT"
}
resource "okta_auth_server_claim" "groups" {
  value = "Groups.contains(\\"OKTA\\", \\"a\\", 10) == {} ? null : user.x"
  scopes = []
  value_type = "EXPRESSION"
}
"""
APPS = """\
locals {
  uris = { for name, host in var.hosts : name => "https://${host}/cb" if host != "" }
}
resource "okta_app_oauth" "shop" {
  label         = "Shop"
  redirect_uris = values(local.uris)
  grant_types   = concat(["authorization_code"], var.refresh ? ["refresh_token"] : [])

  jwks {
    kty = "RSA"
    n   = "AQAB"
  }
  jwks {
    kty = "EC"
    x   = "AQAB"
  }
  groups_claim {
    type = "FILTER"
  }
  lifecycle {
    ignore_changes = [groups_claim]
    precondition {
      condition     = length(var.hosts) > 0
      error_message = "No hosts."
    }
  }
}
resource "okta_app_group_assignments" "shop" {
  app_id = okta_app_oauth.shop.id
  group {
    id       = okta_group.staff.id
    priority = 1
  }
  dynamic "group" {
    for_each = var.more
    content {
      id = group.value
    }
  }
}
resource "okta_group_memberships" "staff" {
  users = [for user in okta_user.all : user.id]
  group_id = okta_group.staff.id
}
resource "okta_trusted_origin" "o" {
  scopes { type = "CORS" }
  status = "ACTIVE"
}
data "okta_group" "all" { name = "Everyone" }
"""
FILES = {
    "servers.tf": SERVERS,
    "apps.tf": APPS,
    "crlf.tf": APPS.replace("\n", "\r\n"),
    "one_after_the_other.tf": SERVERS + APPS,
}
_TEXT = re.compile(r'"(?:[^"\\]|\\.)*"')
_COMMENT = re.compile(r"/\*.*?\*/|#.*|//.*")
_BLOCK = re.compile(r'([\w-]+)((?: +"[^"]*")*) *\{')
_ATTRIBUTE = re.compile(r"([\w-]+)\s*=(?![=>])")


def plain_lines(text: str) -> Iterator[tuple[int, str, str]]:
    """Lines with what stands in texts, comments and heredocs blanked, and as they are."""
    end = ""
    for number, line in enumerate(text.replace("\r", "").split("\n"), 1):
        if end:
            end = "" if line.strip() == end else end
            continue
        blank = _TEXT.sub(lambda found: '"' + "x" * (len(found[0]) - 2) + '"', line)
        blank = _COMMENT.sub(lambda found: " " * len(found[0]), blank)
        if heredoc := re.search(r"<<-(\w+)", blank):
            end, blank = heredoc[1], blank[: heredoc.start()]
        yield number, blank, line


def spots(text: str) -> Iterator[Spot]:
    """Blocks and attributes by their lines: names before `{` and `=` that no bracket holds."""
    open_: list[str] = []
    for number, blank, line in plain_lines(text):
        position = 0
        while position < len(blank):
            held = any(one != "{" for one in open_)
            block, attribute = _BLOCK.match(blank, position), _ATTRIBUTE.match(blank, position)
            if not held and (found := block or attribute):
                labels = (
                    tuple(re.findall(r'"([^"]*)"', line[position : found.end()])) if block else ()
                )
                yield found[1], labels, number, position + 1
                position = found.end()
                open_.append("{" if block else "=")
                continue
            character = blank[position]
            if character in "[({":
                open_.append("(")
            elif character in "])}":
                if open_ and open_[-1] == "=":
                    open_.pop()
                if open_:
                    open_.pop()
            position += 1
        if open_ and open_[-1] == "=":
            open_.pop()


def read(block: HclBlock) -> Iterator[Spot]:
    yield block.kind, block.labels, block.region.line, block.region.column
    for attribute in block.attributes.values():
        yield attribute.name, (), attribute.region.line, attribute.region.column
    for inner in block.blocks:
        yield from read(inner)


@pytest.mark.parametrize("name", FILES)
def test_each_block_and_attribute_has_its_place(name: str) -> None:
    found = sorted(spot for block in HclFile(FILES[name]).blocks for spot in read(block))
    assert found == sorted(spots(FILES[name]))
    assert len(found) > 30


def test_places_of_attributes_are_asked_by_address(tmp_path: Path) -> None:
    for name, text in (("servers.tf", SERVERS), ("apps.tf", APPS)):
        (tmp_path / name).write_text(text)
    tree = SourceTree.of(tmp_path)
    asked = 0
    for text in (SERVERS, APPS):
        for block in HclFile(text).blocks:
            if block.kind != "resource":
                continue
            assert block.labels[0] in RESOURCE_TYPES
            placed = tree.block(".".join(block.labels))
            assert placed is not None
            for attribute in block.attributes.values():
                assert placed.place(attribute.name).region == attribute.region
                asked += 1
    assert tree.problems == []
    assert asked > 25
    placed = tree.block('okta_auth_server_scope.read["billing:write"]')
    assert placed is not None
    assert placed.block.labels == ("okta_auth_server_scope", "read")
