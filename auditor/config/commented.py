"""The configuration file to start from: every key with what it means, none of them set."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import wrap
from typing import Any

from pydantic.fields import FieldInfo

from auditor.config.model import Config
from auditor.config.toml import key as bare
from auditor.config.toml import literal, plain

_HEAD = """\
# Settings of okta-auditor. Take out the # before a key to set it; what stands there is the
# default, or an example where there is none.
#
# Command line, environment (OKTA_AUDITOR_<KEY>), this file, profile, default: the first that
# says something wins. `okta-auditor config` shows what holds, and where each value comes from.
"""


def commented_config() -> str:
    """The file's text. Without its prose and each leading `#`, it is valid and sets every key."""
    plain = {name: info for name, info in Config.model_fields.items() if not _is_table(info)}
    tables = {name: info for name, info in Config.model_fields.items() if _is_table(info)}
    parts = [_HEAD]
    parts += [_prose(info) + f"#{name} = {literal(_value(info))}\n" for name, info in plain.items()]
    parts += [
        _prose(info) + "".join(f"#{line}\n" for line in _lines(name, _value(info)))
        for name, info in tables.items()
    ]
    return "\n".join(parts)


def _is_table(info: FieldInfo) -> bool:
    return isinstance(_value(info), Mapping)


def _value(info: FieldInfo) -> Any:
    return info.examples[0] if info.examples else plain(info.get_default(call_default_factory=True))


def _prose(info: FieldInfo) -> str:
    words = wrap(info.description or "", 96, break_long_words=False, break_on_hyphens=False)
    return "".join(f"# {line}\n" for line in words)


def _lines(name: str, table: Mapping[str, Any]) -> list[str]:
    """A table with its header; tables in it get headers of their own."""
    inner = {key: value for key, value in table.items() if isinstance(value, Mapping)}
    own = [f"{bare(key)} = {literal(value)}" for key, value in table.items() if key not in inner]
    lines = [f"[{name}]", *own] if own or not inner else []
    for key, value in inner.items():
        lines += _lines(f"{name}.{bare(key)}", value)
    return lines
