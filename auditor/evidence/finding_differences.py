"""How two results of the same audit differ, finding by finding."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from auditor.evidence.manifest import RESULTS
from auditor.text import quoted

MOST = 20
"""How many differences are named one by one."""

_LISTS = ("findings", "accepted")
Json = dict[str, Any]


def finding_differences(stated: bytes, derived: bytes) -> Iterator[str]:
    """What the results of a bundle say otherwise than those that follow from its snapshot.

    Args:
        stated: the bundle's results, which may be anything.
        derived: ours.
    """
    try:
        theirs = json.loads(stated)
        listed = _by_fingerprint(theirs)
    except (ValueError, KeyError, TypeError, RecursionError):
        yield f"{RESULTS} has no findings that can be compared"
        return
    ours = json.loads(derived)
    differences = list(_findings(listed, _by_fingerprint(ours)))
    yield from differences[:MOST]
    if len(differences) > MOST:
        yield f"{RESULTS} differs in {len(differences) - MOST:,} more findings"
    for key in ours:
        if key not in _LISTS and (key not in theirs or theirs[key] != ours[key]):
            yield f"{RESULTS} has another {key} than follows from the snapshot"


def _findings(stated: Json, derived: Json) -> Iterator[str]:
    for fingerprint, item in derived.items():
        if fingerprint not in stated:
            yield f"{RESULTS} leaves out the finding {_label(item)}"
        elif stated[fingerprint] != item:
            yield f"{RESULTS} has the finding {_label(item)} otherwise"
    for fingerprint, item in stated.items():
        if fingerprint not in derived:
            yield f"{RESULTS} has a finding that does not follow: {_label(item)}"


def _by_fingerprint(document: Json) -> Json:
    """The findings, with the list that each is in; the second of two with one fingerprint apart."""
    items: Json = {}
    for name in _LISTS:
        for item in document[name]:
            fingerprint = str(item["fingerprint"])
            key = f"{fingerprint} again" if fingerprint in items else fingerprint
            items[key] = {**item, "list": name}
    return items


def _label(item: Json) -> str:
    target = item.get("object")
    name = target.get("name") if isinstance(target, dict) else None
    code, fingerprint = quoted(str(item.get("code"))), quoted(str(item.get("fingerprint")))
    return f"{code} about {quoted(str(name))} (fingerprint {fingerprint})"
