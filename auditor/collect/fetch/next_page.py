"""Follows a list from page to page: which next pages are read, and which are refused."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import unquote, urlencode

from yarl import URL

from auditor.collect.fetch.bounds import Bounds
from auditor.collect.fetch.link_header import LinkHeaderError, next_link
from auditor.snapshot.credentials_in_text import REDACTED, without_credentials
from auditor.text import one_line

_LONGEST_ADDRESS = 8192


class PageChainError(Exception):
    """The pages of a list cannot be followed any further. The message says why."""


class PageChain:
    """The pages of one list, from the first to the last.

    A next page must lie on the list's own path at the org's own origin, must not have been
    read before, and there is a bound to how many pages there are and to how many in a row
    bring nothing new. So every chain ends, and the token goes nowhere else.

    Args:
        org_url: the origin of the org.
        path: the API path of the list.
        bounds: the bounds.

    Raises:
        PageChainError: the path is not a plain path, as one with a hostile id in it may not be.
    """

    def __init__(self, org_url: str, path: str, bounds: Bounds) -> None:
        self._org_url = org_url
        self._bounds = bounds
        self._list = URL(org_url + path)
        if self._list.path != path:
            raise PageChainError("its address cannot be formed: an id in it is not one of Okta's")
        self._addresses: set[str] = set()
        self._contents: set[int] = set()
        self._idle = 0

    def first(self, query: Mapping[str, str]) -> str:
        """The address of the first page."""
        address = self._org_url + self._list.raw_path + (f"?{urlencode(query)}" if query else "")
        # As a link back to it would be written.
        self._addresses.add(self._org_url + URL(address).raw_path_qs)
        return address

    def resumed(self, start: str) -> str:
        """The address of a page to go on with, checked as a next link is.

        Raises:
            PageChainError: it is not an address of this list.
        """
        address = self._checked(start)
        self._addresses.add(address)
        return address

    def next(
        self, headers: Mapping[str, str], body: bytes, *, empty: bool, linked: object = None
    ) -> str | None:
        """The address of the page after the one just read; None after the last.

        Args:
            headers: of the page just read.
            body: its body, for telling a page that was read before.
            empty: whether it holds nothing.
            linked: the next page that the body names; it counts where no header names one.

        Raises:
            PageChainError: there is a next page that is not to be followed.
        """
        try:
            link = next_link(headers)
        except LinkHeaderError as error:
            raise PageChainError(str(error)) from None
        if link is None and linked is not None:
            if not isinstance(linked, str):
                raise PageChainError("the next page that its body names cannot be understood")
            link = linked
        if link is None:
            return None
        content = hash(body)
        self._idle = self._idle + 1 if empty or content in self._contents else 0
        self._contents.add(content)
        address = self._checked(link)
        if address in self._addresses:
            raise PageChainError("its next page is one already read: the pages form a loop")
        if self._idle >= self._bounds.most_idle_pages:
            raise PageChainError(f"{self._idle:,} pages in a row held nothing new")
        if len(self._addresses) >= self._bounds.most_pages:
            raise PageChainError(f"it has more than {self._bounds.most_pages:,} pages")
        self._addresses.add(address)
        return address

    def _checked(self, link: str) -> str:
        """The link as an address at the org, literally."""
        if len(link) > _LONGEST_ADDRESS:
            raise PageChainError(
                f"its next page has an address longer than {_LONGEST_ADDRESS:,} characters, refused"
            )
        if REDACTED in unquote(link):
            raise PageChainError("the address of its next page holds a credential, refused")
        try:
            link.encode()  # bytes that are not UTF-8 came as halves of characters
            url = self._list.join(URL(link))
            host, port = url.host, url.port
        except ValueError:  # which an error of IDNA is, too
            raise PageChainError("its next page has no usable address, refused") from None
        if url.user is not None or url.password is not None:
            raise PageChainError("the address of its next page holds a user name, refused")
        if host != self._list.host:
            raise PageChainError(f"its next page is on another host ({_shown(host)}), refused")
        if (url.scheme, port) != (self._list.scheme, self._list.port):
            where = f"{url.scheme}, port {port}"
            raise PageChainError(f"its next page is at another address ({_shown(where)}), refused")
        if url.raw_path != self._list.raw_path:
            raise PageChainError(f"its next page is on another path ({_shown(url.path)}), refused")
        if url.raw_fragment:
            raise PageChainError("the address of its next page holds a fragment, refused")
        return self._org_url + url.raw_path_qs


def _shown(text: str | None) -> str:
    return one_line(without_credentials(text or ""))[:80]
