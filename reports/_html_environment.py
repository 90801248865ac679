"""What all HTML pages share: the environment of their templates, and their security policy.

Every value passes through autoescape and loses its control and invisible characters first.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.resources import files

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from auditor import counted, listed
from auditor.oauth import answer_words
from auditor.results import BY_NAME, status_reasons, type_name

from ._access_wording import grants_words, path_recipients, scopes_words, step_class, whom
from ._display_names import title
from ._html_markup import example, harmless, lines, paragraphs, prose, utc
from ._lifetime_scale import lifetimes, scale
from ._wording import harm, sentence


def styles(*names: str) -> Markup:
    """Files of this package that need no escaping, one after the other."""
    return Markup("".join(map(_text, names)))  # noqa: S704 - files of this package


def policy(css: str, js: str = "") -> str:
    """A Content-Security-Policy under which nothing runs but what is inlined here."""
    style, script = (
        base64.b64encode(hashlib.sha256(part.encode()).digest()).decode() for part in (css, js)
    )
    return (
        f"default-src 'none'; style-src 'sha256-{style}'; script-src 'sha256-{script}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


@cache
def environment() -> Environment:
    made = Environment(
        autoescape=True,
        finalize=harmless,
        keep_trailing_newline=True,
        loader=FunctionLoader(_text),
        lstrip_blocks=True,
        trim_blocks=True,
        undefined=StrictUndefined,
    )
    made.filters |= {
        "prose": prose,
        "paragraphs": paragraphs,
        "lines": lines,
        "example": example,
        "utc": utc,
        "count": lambda number: f"{number:,}",
        "sentence": sentence,
        "answer_words": answer_words,
        "capital": lambda words: words[:1].upper() + words[1:],
        "harm": harm,
        "label": lambda name: BY_NAME[name].label,
        "titled": title,
        "type_name": type_name,
        "plural": counted,
        "named": listed,
        "whom": whom,
        "path_recipients": path_recipients,
        "scopes": scopes_words,
        "scale": scale,
        "lifetimes": lifetimes,
        "status_reasons": status_reasons,
        "step_class": step_class,
        "grants": grants_words,
    }
    return made


@cache
def _text(name: str) -> str:
    return (files("auditor.reports") / "templates" / name).read_text(encoding="utf-8")
