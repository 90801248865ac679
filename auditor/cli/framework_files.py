"""The compliance frameworks of a call: built-in ones and those of files."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

from auditor.config import Effective
from auditor.controls import Framework, builtin_frameworks, read_framework
from auditor.errors import UsageError
from auditor.text import closest, did_you_mean, quoted


def chosen_frameworks(
    wanted: Sequence[str], settings: Effective, known: Collection[str]
) -> tuple[Framework, ...]:
    """The frameworks that were asked for, in that order; all there are if none was.

    Args:
        wanted: ids and files.
        settings: its `frameworks` are files of further ones.
        known: codes of the rules there are.

    Raises:
        UsageError: there is no such framework, or a file cannot be used.
    """
    there = {item.id: item for item in builtin_frameworks()}
    for path in settings.settings.frameworks:
        try:
            own = read_framework(path, known)
            _refuse_twin(own, path, there)
        except UsageError as error:
            raise settings.blamed(error, "frameworks") from error
        there[own.id] = own
    if not wanted:
        return tuple(there.values())
    chosen: dict[str, Framework] = {}
    for word in dict.fromkeys(wanted):
        if word in there:
            chosen[word] = there[word]
            continue
        _check_file(word, there)
        named = read_framework(Path(word), known)
        _refuse_twin(named, Path(word), {**there, **chosen})
        chosen[named.id] = named
    return tuple(chosen.values())


def _refuse_twin(framework: Framework, path: Path, there: Collection[str]) -> None:
    if framework.id in there:
        raise UsageError(
            f"{path}: there is a framework {quoted(framework.id)} already.",
            remedy="Give it another id.",
        )


def _check_file(word: str, there: Collection[str]) -> None:
    """Tell an id that is not there from the name of a file."""
    path = Path(word)
    if not path.exists() and path.name == word and path.suffix not in {".yaml", ".yml"}:
        raise UsageError(
            f"There is no framework {word!r}{did_you_mean(closest(word, there))}",
            remedy=f"Frameworks: {', '.join(there)}; or name a YAML file of your own.",
        )
