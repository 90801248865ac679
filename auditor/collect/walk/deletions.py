"""Objects that are deleted while a tenant is read: told from objects that cannot be read."""

from __future__ import annotations

import asyncio
from typing import Any

from auditor.collect.fetch.problems import Problem, ProblemKind
from auditor.collect.journal.journal import Journal
from auditor.collect.lists.store import ListStore, Parent, object_path
from auditor.collect.walk.list_reader import ListReader
from auditor.snapshot.collections import match

_DELETED = Problem(ProblemKind.NOT_FOUND, "what it belongs to was deleted")


class Deletions:
    """Finds out, once for each object, whether it is still there.

    Args:
        store: knows what belongs to what, and is told what is gone.
        journal: remembers it for another run.
        tasks: of the export.
        reader: asks Okta.
    """

    def __init__(
        self,
        store: ListStore,
        journal: Journal | None,
        tasks: asyncio.TaskGroup,
        reader: ListReader,
    ) -> None:
        self._store = store
        self._journal = journal
        self._tasks = tasks
        self._reader = reader
        self._verdicts: dict[str, asyncio.Task[bool]] = {}

    async def gone(self, parent: Parent) -> bool:
        """Whether an object was deleted; so is what it belongs to, if that is gone, too."""
        path = object_path(parent)
        if path not in self._verdicts:
            self._verdicts[path] = self._tasks.create_task(self._verdict(parent))
        return await self._verdicts[path]

    async def _verdict(self, parent: Parent) -> bool:
        """Ask whether an object is still there, and then for what it belongs to itself."""
        path = object_path(parent)
        if self._journal is None or not self._journal.is_gone(path):
            if not await self._is_deleted(parent[0], path):
                return False
            if self._journal:
                self._journal.gone(path)
        self._store.gone.add(path)
        for outer in self._store.parents(parent[0]):
            await self.gone(outer)
        return True

    async def _is_deleted(self, list_path: str, path: str) -> bool:
        matched = match(list_path)
        assert matched is not None
        status: list[Any] = []
        result = await self._reader.fetch(
            matched[0],
            path,
            {},
            single=True,
            unless=lambda: self._reader.stopped,
            on_page=lambda page: status.append(page.values[0].get("status")),
        )
        if result.problem is not None:
            return result.problem.kind is ProblemKind.NOT_FOUND
        return status == ["DELETED"]

    def pointless(self, path: str) -> Problem | None:
        """Why a list need not be asked for: what it belongs to is gone."""
        parents = self._store.parents(path)
        if parents and all(
            object_path(parent) in self._store.gone or self.pointless(parent[0])
            for parent in parents
        ):
            return _DELETED
        return None
