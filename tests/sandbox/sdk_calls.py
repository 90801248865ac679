"""A script with the okta SDK: makes the typed calls that it is told on stdin, prints what each got.

It is a process of its own because aiohttp reads which authorities to trust when it is imported.
"""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

from okta.client import Client


async def made(settings: dict[str, Any], calls: list[list[Any]]) -> list[Any]:
    """The ids that each call got, or its error in words."""
    async with Client(settings) as client:
        return [await one(client, *call) for call in calls]


async def one(client: Client, name: str, arguments: list[str], options: dict[str, Any]) -> Any:
    """What one call got."""
    try:
        found, *_, error = await getattr(client, name)(*arguments, **options)
    except Exception as raised:  # noqa: BLE001 - the typed calls raise anything
        return f"{type(raised).__name__}: {raised}"
    if error is not None:
        return str(error)
    rows = found if isinstance(found, list) else found.roles
    return [row.id for row in rows]


if __name__ == "__main__":
    told = json.load(sys.stdin)
    json.dump(asyncio.run(made(told["settings"], told["calls"])), sys.stdout)
