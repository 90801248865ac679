"""In what an address differs from the one that was registered: the part, in a clause."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from auditor.snapshot.credentials_in_text import without_credentials
from auditor.text import closest, quoted


@dataclass(frozen=True, slots=True)
class Difference:
    """A registered address that is close to the one that was sent."""

    registered: str
    text: str
    """In what the sent one differs, as a clause."""


def nearest_difference(sent: str, registered: tuple[str, ...]) -> Difference | None:
    """The registered address that differs in one part only; None if none is that close.

    Args:
        sent: the address of the request.
        registered: those of the app, none of which is it.
    """
    found = [Difference(one, text) for one in registered if (text := _difference(sent, one))]
    if len(found) > 1:
        near = closest(sent, [one.registered for one in found])
        found = [one for one in found if one.registered == near] or found
    return found[0] if found else None


def _difference(sent: str, registered: str) -> str:
    """The one part in which two addresses differ, as a clause; empty if there are several."""
    try:
        mine, own = urlsplit(sent), urlsplit(registered)
        ports = (mine.port, own.port)
    except ValueError:
        return ""
    parts = {
        "its scheme": (mine.scheme, own.scheme),
        "its host": (mine.hostname or "", own.hostname or ""),
        "its port": tuple("none" if port is None else str(port) for port in ports),
        "its path": (mine.path, own.path),
        "its query": (mine.query, own.query),
        "its fragment": (mine.fragment, own.fragment),
    }
    differing = [(name, pair) for name, pair in parts.items() if pair[0] != pair[1]]
    if not differing:
        return _spelling(sent, registered, mine, own)
    if len(differing) > 1:
        return ""
    return _differing_part(*differing[0])


def _differing_part(name: str, pair: tuple[str, ...]) -> str:
    is_now, should = pair
    if is_now.rstrip("/") == should.rstrip("/"):
        more = len(is_now) > len(should)
        return "it has a trailing slash too many" if more else "it lacks the trailing slash"
    if is_now.casefold() == should.casefold():
        return f"{name} differs in capital letters: {_quoted(is_now)} for {_quoted(should)}"
    if name in {"its host", "its path"} and not closest(is_now, [should]):
        return ""
    return f"{name} is {_quoted(is_now)} and not {_quoted(should)}"


def _spelling(sent: str, registered: str, mine: SplitResult, own: SplitResult) -> str:
    """What differs where all parts are the same: capital letters of the host, or a user name."""
    if sent == registered:
        return ""
    if mine.netloc.casefold() == own.netloc.casefold():
        return "it differs in capital letters"
    return "it holds a user name"


def _quoted(part: str) -> str:
    return quoted(without_credentials(part)) if part else "nothing"
