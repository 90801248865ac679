"""Finds calls of the Okta APIs in a text, each with what its answer says.

A text is gone through from its beginning: a request line, an address or a command of curl begins a
call; a status, a demanded scope and a request id belong to the call before them. So transcripts of
curl, debug logs of Terraform, HAR files and stack traces do alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from itertools import islice

from auditor.diagnosis.api_rights.endpoints import endpoints_of, first_segments

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
_MOST_CALLS = 200
_LONGEST_PATH = 300
_NO_ORG = re.compile(r"(?:developer|support|help|status|www)\.okta\.com|github\.com")
_OKTA_DOMAINS = (".okta.com", ".oktapreview.com", ".okta-emea.com", ".okta-gov.com", ".okta.mil")

_NEAR = 40
"""Characters between a method and its address: quotes, and the name of a JSON member."""
_MOST_TRACES = 300_000

_TRACES = re.compile(
    r"(?:-X\s{0,3}|--request[\s=]{1,3})['\"]?(?P<chosen>(?-i:GET|HEAD|POST|PUT|PATCH|DELETE)\b)"
    r"|\bcurl(?=\s)(?P<curl>)"
    r"|(?P<method>(?-i:\b(?:GET|HEAD|POST|PUT|PATCH|DELETE)\b))"
    r"|\bfor url: (?P<late>https?://[^\s\"'<>]{1,2000})"
    r"|(?P<url>https?://[^\s\"'<>\\^`{|}]{1,2000})"
    r"|(?<![\w/.])(?P<path>/[a-z0-9.-]{1,40}/[^\s\"'<>\\^`|]{1,2000})"
    r"|\bHost\"?:\s{0,3}\[?\"?(?P<host>[a-z0-9.:-]{1,255})"
    r"|HTTP/\d(?:\.\d)?\"?\s(?P<status>\d{3})\b"
    r"|\bstatus(?:[\s_]?code)?\"?[:=\s]\s{0,3}\"?(?P<number>\d{3})\b"
    r"|\b(?P<error>[45]\d\d)\s(?:Client Error|Server Error|Forbidden|Unauthorized|Too Many)"
    r"|\breturn(?:s|ed)\s(?:an?\s)?(?:HTTP\s)?(?P<returned>[45]\d\d)\b"
    r"|\bauthorization_uri=\"(?P<skipped>[^\"]{1,300})\""
    r"|\bscope=\"(?P<scope>[\w.:\s-]{1,300})\",?\s{0,3}error=\"insufficient_scope\""
    r"|\bresource=\"(?P<resource>/[^\"]{1,300})\""
    r"|x-okta-request-id\"?(?:\s{0,3},\s{0,20}\"value\")?\s{0,3}[:=]\s{0,3}\[?\"?"
    r"(?P<request>[\w-]{6,64})"
    r"|\s(?P<data>-d|--data(?:-raw|-binary|-urlencode)?|--json)\s",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class ApiCall:
    """A call of an Okta API, and what is known of its answer."""

    path: str
    """Without host and query."""
    method: str = ""
    """In capitals; empty where the text does not tell."""
    status: int | None = None
    demanded: tuple[str, ...] = ()
    """Scopes that the answer's WWW-Authenticate demands."""
    host: str = field(default="", compare=False)
    """Where it went, in small letters; empty where the text does not tell."""
    request_id: str = ""
    """`x-okta-request-id`, which Okta's support asks for."""

    @property
    def failed(self) -> bool:
        """Whether its answer is an error."""
        return self.status is not None and self.status >= 400  # noqa: PLR2004 - errors


def read_api_calls(text: str) -> tuple[ApiCall, ...]:
    """The calls of a text, those that failed if any did.

    Args:
        text: whatever a person has.
    """
    calls = list(dict.fromkeys(_calls(text)))
    failed = [call for call in calls if call.failed or call.demanded]
    return tuple((failed or calls)[:_MOST_CALLS])


def named_call(words: str) -> ApiCall | None:
    """The call that an option names: `GET /api/v1/users`, with a host or without, or a path.

    Returns:
        None if that is no call of an Okta API.
    """
    method, _, address = words.strip().rpartition(" ")
    host, path = _api_path(address)
    method = method.strip().upper()
    if not path or (method and method not in METHODS):
        return None
    return ApiCall(path, method, host=host)


def _calls(text: str) -> Iterator[ApiCall]:
    if not any(f"/{name}/" in text for name in first_segments()):
        return
    reader = _Reader()
    for match in islice(_TRACES.finditer(text), _MOST_TRACES):
        kind = match.lastgroup
        if kind is not None:
            yield from reader.read(kind, match)
    yield from reader.ended()


class _Reader:
    """Goes through the traces of calls in a text, and gives a call when the next begins."""

    def __init__(self) -> None:
        self._call: ApiCall | None = None
        self._method, self._method_end = "", 0
        self._curl_end = -1
        self._status: int | None = None
        self._demanded: tuple[str, ...] = ()
        self._guessed = False
        """Whether the method is what curl takes where a command names none."""

    def read(self, kind: str, match: re.Match[str]) -> Iterator[ApiCall]:
        """Take one trace in; gives the call before it, if this one begins another."""
        value = match[kind]
        if kind in {"method", "chosen"}:
            reach = _LONGEST_PATH if kind == "chosen" else _NEAR
            self._method, self._method_end = value, match.end() + reach
        elif kind == "curl":
            self._curl_end = match.end() + _LONGEST_PATH
        elif kind == "data" and match.start() <= self._curl_end and not self._method:
            self._method, self._method_end = "POST", self._curl_end  # as curl sends data
        elif kind in {"url", "path", "late"}:
            yield from self._address(*_api_path(value), match.start(), late=kind == "late")
        elif kind in {"status", "number", "error", "returned"}:
            self._status = int(value)
            if self._call is not None and self._call.status in {None, 100}:
                self._call = replace(self._call, status=self._status)
        elif kind == "scope":
            self._demanded = tuple(sorted(value.split()))
            self._demand()
        elif kind == "resource" and self._call is None and (path := _api_path(value)[1]):
            self._call = ApiCall(path)
            self._demand()
        else:
            self._detail(kind, value)

    def _demand(self) -> None:
        """Say of the call which scope its answer demands, as 403s of this kind do."""
        if self._call is not None and self._demanded:
            status = self._call.status or int(HTTPStatus.FORBIDDEN)
            self._call = replace(self._call, demanded=self._demanded, status=status)
            self._demanded = ()

    def _detail(self, kind: str, value: str) -> None:
        if self._call is None:
            return
        if kind == "host" and not self._call.host:
            self._call = replace(self._call, host=value.lower())
        elif kind == "request" and not self._call.request_id:
            self._call = replace(self._call, request_id=value)
        elif kind == "data" and (self._guessed or not self._call.method):
            self._call = replace(self._call, method="POST")  # as curl sends data

    def _address(self, host: str, path: str, start: int, *, late: bool) -> Iterator[ApiCall]:
        if not path:
            return
        call, method = self._call, self._method if start <= self._method_end else ""
        if call is not None and (call.path != path or call.status is not None):
            yield call
            call = None
        method = method or (call.method if call else "")
        host = host or (call.host if call else "")
        self._guessed = not method and start <= self._curl_end
        method = "GET" if self._guessed else method
        self._call = ApiCall(path, method, self._status if late else None, host=host)
        self._method, self._status, self._curl_end = "", None, -1

    def ended(self) -> Iterator[ApiCall]:
        """The last call."""
        if self._call is not None:
            yield self._call


def at_okta(host: str) -> bool:
    """Whether a host is of Okta's own domains."""
    return host.partition(":")[0].endswith(_OKTA_DOMAINS)


def okta_host(host: str) -> bool:
    """Whether a host is of Okta's own domains, or this machine, where the sandbox is."""
    return at_okta(host) or host.partition(":")[0] in {"localhost", "127.0.0.1"}


def _api_path(address: str) -> tuple[str, str]:
    """Host and path of an address; no path if it is of no Okta API."""
    host, path = "", address
    if "://" in address:
        host, _, path = address.partition("://")[2].partition("/")
        host, path = host.rpartition("@")[2].lower(), f"/{path}"
    path = re.split(r"[?#]", path, maxsplit=1)[0].rstrip("/.,;:)\\")
    if _NO_ORG.fullmatch(host) or len(path) > _LONGEST_PATH or path.count("/") < 2:  # noqa: PLR2004
        return host, ""
    known = path.split("/")[1] in first_segments() and endpoints_of(path)
    of_api = okta_host(host) and path.startswith("/api/v")
    return host, path if known or of_api else ""
