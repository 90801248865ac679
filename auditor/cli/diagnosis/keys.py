"""Public keys that a person gives to `diagnose`: a JWK Set, as `/v1/keys` of a server answers."""

from __future__ import annotations

import sys
from pathlib import Path

import orjson

from auditor.diagnosis.signature import PublicKey, keys_of_set
from auditor.errors import UsageError
from auditor.input_files import read_input

_LARGEST = 1_000_000
_REMEDY = "Give what the server answers at /v1/keys: curl -s https://…/oauth2/default/v1/keys"


def read_keys(path: Path, words: tuple[str, ...]) -> tuple[PublicKey, ...]:
    """The keys of a file, or of standard input.

    Args:
        path: the file; `-` is standard input.
        words: the inputs, which cannot be standard input as well.

    Raises:
        UsageError: it cannot be read, or holds no public key.
    """
    if path != Path("-"):
        name, data = str(path), read_input(path, _LARGEST)
    elif words and "-" not in words:
        name, data = "standard input", sys.stdin.buffer.read(_LARGEST)
    else:
        raise UsageError("Standard input cannot be both the input and --keys.")
    try:
        keys = tuple(keys_of_set(orjson.loads(data), name))
    except orjson.JSONDecodeError:
        keys = ()
    if not any(key.complete for key in keys):
        raise UsageError(f"{name} holds no public key.", remedy=_REMEDY)
    return keys
