"""`--redact people`: keys from files and variables, and the options that name them."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from auditor.errors import UsageError
from auditor.input_files import LARGEST_SECRET, read_input
from auditor.pseudonyms import KEY_VARIABLE, check_key


def redaction_options(about: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The options `--redact` and `--redaction-key`, which `redaction_key_of` takes."""

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        key = click.option(
            "--redaction-key",
            type=click.Path(path_type=Path),
            metavar="FILE",
            help=f"The key of the hashes; the same every night. [default: {KEY_VARIABLE}]",
        )
        return click.option("--redact", type=click.Choice(["people"]), help=about)(key(function))

    return decorate


def redaction_key_of(redact: str | None, path: Path | None) -> bytes | None:
    """The key for redaction; None if nothing is redacted.

    Raises:
        UsageError: a key is named for nothing, is missing or too short.
    """
    if redact is None:
        if path:
            raise UsageError(
                "--redaction-key does nothing without --redact.", remedy="Add: --redact people"
            )
        return None
    key = key_of(path, KEY_VARIABLE, "--redaction-key")
    if not key:
        raise UsageError(
            "--redact needs a key.",
            remedy=f"Name a file: --redaction-key, or set {KEY_VARIABLE}.",
        )
    return check_key(key, "The key for redaction")


def key_of(path: Path | None, variable: str, option: str) -> bytes | None:
    """A key from a file or a variable; None if neither is named.

    Args:
        path: the file.
        variable: the name of the variable.
        option: what names the file.

    Raises:
        UsageError: the file cannot be read, or the variable holds a file's name.
    """
    if path:
        return key_in(path)
    text = os.environ.get(variable, "").strip()
    if text and "\n" not in text and Path(text).is_file():
        raise UsageError(
            f"{variable} holds the name of a file; it must hold the key itself.",
            remedy=f"Name the file with {option}.",
        )
    return text.encode() or None


def key_in(path: Path) -> bytes:
    """What a file holds that a key is in."""
    return read_input(path, LARGEST_SECRET, remedy="Name a file that holds a key.")
