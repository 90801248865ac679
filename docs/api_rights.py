"""Writes the table of rights that `diagnose` uses, from Okta's OpenAPI documents.

    python docs/api_rights.py auditor/diagnosis/api_rights/endpoints.tsv DOCUMENT...

The documents are `dist/current/*-minimal.yaml` of the repository okta/okta-management-openapi-spec:
`management`, `oauth`, `idp` and `governance-combined-production-reference`. They are licensed under
Apache-2.0, as each says of itself; one that says otherwise is refused. Of them the table has
titles, versions, methods, paths, scopes, roles and permissions, and none of their sentences.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

Json = dict[str, Any]

LICENCE = "Apache-2.0"
METHODS = ("delete", "get", "head", "patch", "post", "put")
HEAD = """\
# Which rights calls of the Okta APIs need: method, path, credentials, scopes, admin roles and
# permissions of custom roles, with tabs between. Alternatives of scopes have | between; scopes with
# a space between are needed together. - is nothing; of roles and permissions: not published.
# Written by docs/api_rights.py from Okta's OpenAPI documents, which are under Apache-2.0.
"""
_KINDS = {"apitoken": "ssws", "apikey": "ssws", "oauth2": "oauth"}
"""What a security scheme takes; any other authenticates a client."""


def table(documents: list[Json]) -> str:
    """The table.

    Args:
        documents: OpenAPI documents.

    Raises:
        SystemExit: one is not under the licence that the table names.
    """
    rows: dict[tuple[str, str], str] = {}
    titles = []
    for document in documents:
        info = document["info"]
        licence = info.get("license", {}).get("name")
        if licence != LICENCE:
            raise SystemExit(f"{info['title']}: its licence is {licence}, not {LICENCE}")
        titles.append(f"# document\t{info['title']}\t{info['version']}\n")
        for method, path, row in _rows(document):
            rows.setdefault((path, method), row)
    return HEAD + "".join(titles) + "".join(rows[key] for key in sorted(rows))


def _rows(document: Json) -> Iterator[tuple[str, str, str]]:
    for path, operations in document["paths"].items():
        for method in METHODS:
            if method in operations:
                operation = operations[method]
                security = operation.get("security", document.get("security", []))
                cells = (
                    method.upper(),
                    path,
                    _credentials(security),
                    _scopes(security),
                    _words(operation.get("x-okta-iam-admin-roles", [])),
                    _words(operation.get("x-okta-iam-permissions", [])),
                )
                yield method.upper(), path, "\t".join(cells) + "\n"


def _credentials(security: list[Json]) -> str:
    kinds = {_KINDS.get(scheme.lower(), "client") for each in security for scheme in each}
    return " ".join(sorted(kinds)) or "-"


def _scopes(security: list[Json]) -> str:
    """Alternatives, of which one is enough."""
    alternatives = [
        " ".join(sorted(scopes))
        for each in security
        for scheme, scopes in each.items()
        if _KINDS.get(scheme.lower()) == "oauth" and scopes
    ]
    return "|".join(sorted(set(alternatives))) or "-"


def _words(names: list[str]) -> str:
    return " ".join(sorted(set(names))) or "-"


def main(output: str, *paths: str) -> None:
    """Read the documents, and write the table."""
    documents = []
    for path in paths:
        with Path(path).open("rb") as file:
            # The safe loader that is written in C, where there is one: the documents are large.
            loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
            documents.append(yaml.load(file, loader))  # noqa: S506 - a safe one
    Path(output).write_text(table(documents), newline="\n")


if __name__ == "__main__":
    if len(sys.argv) < 3:  # noqa: PLR2004 - the table and one document
        raise SystemExit(__doc__)
    main(*sys.argv[1:])
