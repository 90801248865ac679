"""Token lifetimes on a logarithmic scale: inline SVG, without script and style attributes.

Places are percentages, so that the scale is as wide as there is room while its text keeps its
size. The graphics are hidden from screen readers: the words beside them say the same.
"""

from __future__ import annotations

from math import log

from markupsafe import Markup

from auditor import duration
from auditor.oauth import (
    LONGEST_ACCESS,
    LONGEST_WINDOW,
    SHORTEST_ACCESS,
    SHORTEST_WINDOW,
    UNLIMITED,
)
from auditor.results import RuleAccess

_MARGIN = 3
_TICKS = (
    (SHORTEST_ACCESS, "5 min", "limit"),
    (60, "1 h", "tick"),
    (LONGEST_ACCESS, "24 h", "limit"),
    (43_200, "30 d", "tick"),
    (525_600, "1 y", "tick"),
)


def axis() -> Markup:
    """The head of the scale, with the limits of access tokens marked."""
    return _svg(
        Markup("").join(
            Markup('<text x="{}" y="13" class="{}">{}</text>').format(_place(minutes), kind, text)
            for minutes, text, kind in _TICKS
        )
    )


def scale(rule: RuleAccess) -> Markup:
    """A bar for the access token, a disc for the refresh token, a ring for its idle time."""
    parts = [
        Markup('<line x1="{0}" x2="{0}" y1="0" y2="20" class="{1}"/>').format(_place(minutes), kind)
        for minutes, _, kind in _TICKS
    ]
    if rule.access_minutes:
        kind = "beyond" if _out_of_bounds(rule) else "access"
        parts.append(
            Markup('<rect x="0" y="7" width="{}" height="6" class="{}"/>').format(
                _place(rule.access_minutes), kind
            )
        )
    if _refreshes(rule):
        if rule.window_minutes:
            parts.append(
                Markup('<circle cx="{}" cy="10" r="4" class="window"/>').format(
                    _place(rule.window_minutes)
                )
            )
        if rule.refresh_minutes == UNLIMITED:
            parts.append(Markup('<text x="99%" y="15" class="endless">∞</text>'))
        elif rule.refresh_minutes:
            parts.append(
                Markup('<circle cx="{}" cy="10" r="4" class="refresh"/>').format(
                    _place(rule.refresh_minutes)
                )
            )
    return _svg(Markup("").join(parts))


def lifetimes(rule: RuleAccess) -> str:
    """The same in words."""
    access = _access_words(rule)
    if rule.access_minutes is None or not _refreshes(rule):
        return access
    return f"{access}; {_refresh_words(rule)}"


def _access_words(rule: RuleAccess) -> str:
    if rule.access_minutes is None:
        return "access token: not known"
    limits = f" (Okta allows {SHORTEST_ACCESS} minutes to {duration(LONGEST_ACCESS)})"
    return f"access token {duration(rule.access_minutes)}{limits if _out_of_bounds(rule) else ''}"


def _refresh_words(rule: RuleAccess) -> str:
    if rule.refresh_minutes is None:
        lifetime = "refresh token: not known"
    elif rule.refresh_minutes == UNLIMITED:
        lifetime = "refresh token without end"
    else:
        lifetime = f"refresh token {duration(rule.refresh_minutes)}"
    if not rule.window_minutes:
        return lifetime
    allowed = SHORTEST_WINDOW <= rule.window_minutes <= LONGEST_WINDOW
    limits = "" if allowed else f" (Okta allows {SHORTEST_WINDOW} minutes to 5 years)"
    return f"{lifetime}, {duration(rule.window_minutes)} if unused{limits}"


def _out_of_bounds(rule: RuleAccess) -> bool:
    minutes = rule.access_minutes
    return minutes is not None and not SHORTEST_ACCESS <= minutes <= LONGEST_ACCESS


def _refreshes(rule: RuleAccess) -> bool:
    """Whether the rule can bring a refresh token: only with the scope `offline_access`."""
    return bool({"*", "offline_access"} & set(rule.scopes))


def _place(minutes: int) -> str:
    """Where so many minutes are, in percent: one at the left, the longest at the right."""
    part = min(1.0, max(0.0, log(max(minutes, 1)) / log(LONGEST_WINDOW)))
    return f"{_MARGIN + (100 - 2 * _MARGIN) * part:.1f}%"


def _svg(content: Markup) -> Markup:
    return Markup(
        '<svg class="scale" width="100%" height="20" aria-hidden="true" focusable="false">{}</svg>'
    ).format(content)
