"""The HCL of a configuration: its root module and the local modules that it calls."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from auditor.input_files import InputProblem, read_bytes
from auditor.snapshot.resource_text import TextRegion
from auditor.terraform.resource_addresses import steps
from auditor.terraform.source.hcl_file import LARGEST_FILE, HclBlock, HclFile

_MOST_FILES = 2_000
"""Files of one module that are read."""
_LOCAL = ("./", "../")


@dataclass(frozen=True)
class Place:
    """Where something stands in a configuration."""

    path: Path
    region: TextRegion


@dataclass(frozen=True)
class PlacedBlock:
    """A block, and the file that it stands in."""

    path: Path
    file: HclFile
    block: HclBlock
    overridden: bool = False
    """Whether an override file has a block of its labels too, which counts where both say it."""

    def place(self, attribute: str = "") -> Place:
        """Where an attribute stands; the block's header where it has no such attribute.

        Args:
            attribute: the name of an attribute or of a nested block; empty for the block.
        """
        if found := self.block.attributes.get(attribute):
            return Place(self.path, found.region)
        for inner in self.block.blocks:
            if inner.kind == attribute or (
                inner.kind == "dynamic" and inner.labels == (attribute,)
            ):
                return Place(self.path, inner.region)
        return Place(self.path, self.block.region)


@dataclass
class SourceTree:
    """The configuration of a plan.

    Args:
        root: the folder of the root module.
        within: the folder that all files must be in; a module outside is not read.
        tofu: whether OpenTofu made the plan, which prefers `main.tofu` to `main.tf`.
    """

    root: Path
    within: Path
    tofu: bool = False
    problems: list[str] = field(default_factory=list)
    """Files that could not be read, a sentence each."""
    _modules: dict[Path, dict[tuple[str, ...], PlacedBlock]] = field(default_factory=dict)

    @classmethod
    def of(cls, root: Path, *, tofu: bool = False) -> SourceTree:
        """The configuration in a folder; its modules may be anywhere in the same repository."""
        place = root.resolve()
        repository = next(
            (folder for folder in (place, *place.parents) if (folder / ".git").exists()), place
        )
        return cls(place, repository, tofu)

    def block(self, address: str) -> PlacedBlock | None:
        """The block of a resource or data source; of the call of its module if that is not local.

        Args:
            address: of an instance.
        """
        parts = steps(address)
        folder, position = self.root, 0
        while position + 1 < len(parts) and parts[position].name == "module":
            call = self._blocks(folder).get(("module", parts[position + 1].name))
            if call is None:
                return None
            inner = self._called(folder, call)
            if inner is None:
                return call
            folder = inner
            position += 2
        names = tuple(part.name for part in parts[position:])
        kind = ("data", *names[1:]) if names[:1] == ("data",) else ("resource", *names)
        return self._blocks(folder).get(kind)

    def blocks(self) -> Iterator[PlacedBlock]:
        """All blocks that were read so far."""
        for blocks in self._modules.values():
            yield from blocks.values()

    def _called(self, folder: Path, call: PlacedBlock) -> Path | None:
        """The folder of a local module; None if it comes from elsewhere."""
        source = call.block.attributes.get("source")
        if source is None:
            return None
        text = call.file.source(source.expression).strip('"')
        if not text.startswith(_LOCAL):
            return None
        inner = (folder / text).resolve()
        return inner if inner.is_relative_to(self.within) and inner.is_dir() else None

    def _blocks(self, folder: Path) -> dict[tuple[str, ...], PlacedBlock]:
        """The blocks of a module by kind and labels."""
        if folder not in self._modules:
            blocks = self._modules[folder] = {}
            for path in configuration_files(folder, tofu=self.tofu)[:_MOST_FILES]:
                file = self._file(path)
                if file is None:
                    continue
                for block in file.blocks:
                    _take(blocks, PlacedBlock(path, file, block))
        return self._modules[folder]

    def _file(self, path: Path) -> HclFile | None:
        try:
            text = read_bytes(path, LARGEST_FILE, follow=False).decode("utf-8-sig")
        except InputProblem as problem:
            self.problems.append(f"{path} {problem.clause}.")
            return None
        except UnicodeDecodeError:
            self.problems.append(f"{path} is not UTF-8 text.")
            return None
        return HclFile(text)


def _take(blocks: dict[tuple[str, ...], PlacedBlock], placed: PlacedBlock) -> None:
    key = (placed.block.kind, *placed.block.labels)
    if key not in blocks:
        blocks[key] = placed
    elif _is_override(placed.path):
        blocks[key] = replace(blocks[key], overridden=True)


def _is_override(path: Path) -> bool:
    return path.stem == "override" or path.stem.endswith("_override")


def configuration_files(folder: Path, *, tofu: bool) -> list[Path]:
    """The files of a module, sorted; override files come last, since they change others.

    Args:
        folder: of the module.
        tofu: whether OpenTofu reads them: `main.tofu` counts, and `main.tf` beside it does not
            (OpenTofu, "Files and Directories").
    """
    files = set(folder.glob("*.tf"))
    if tofu:
        ours = set(folder.glob("*.tofu"))
        files = ours | {path for path in files if path.with_suffix(".tofu") not in ours}
    return sorted(files, key=lambda path: (_is_override(path), path))
