"""How much of a bundle is read at all, and the error that ends the reading."""

from __future__ import annotations

MOST_FILES = 64
MOST_BYTES = 4 << 30
"""What a bundle may come to when unpacked; the largest tenants' are less than half of it."""
MOST_EXPANSION = 400
"""How often larger than packed a file may be. JSON of records comes to 60 at most."""
SMALL = 1 << 20
"""Bytes of a file that may be packed as well as it will."""
CHUNK = 1 << 20


class BundleError(Exception):
    """Why a bundle cannot be read at all, in a sentence."""
