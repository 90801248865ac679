"""The compliance frameworks that a command goes by: built-in ones and those of files."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

from auditor.config import EffectiveSettings
from auditor.controls import Framework, builtin_frameworks, read_framework
from auditor.errors import UsageError
from auditor.text import closest, did_you_mean, quoted


def choose_frameworks(
    names: Sequence[str], effective: EffectiveSettings, codes: Collection[str]
) -> tuple[Framework, ...]:
    """The frameworks of some names, in that order; all there are if nothing is named.

    Args:
        names: ids and files.
        effective: the settings; their `frameworks` are files of further ones.
        codes: of all rules.

    Raises:
        UsageError: there is no such framework, or a file cannot be used.
    """
    by_id = {framework.id: framework for framework in builtin_frameworks()}
    for path in effective.settings.frameworks:
        try:
            own = read_framework(path, codes)
            _refuse_twin(own, path, by_id)
        except UsageError as error:
            raise effective.error(("frameworks",), error.message, error.remedy) from error
        by_id[own.id] = own
    if not names:
        return tuple(by_id.values())
    chosen: dict[str, Framework] = {}
    for name in dict.fromkeys(names):
        if name in by_id:
            chosen[name] = by_id[name]
            continue
        _check_file(name, by_id)
        framework = read_framework(Path(name), codes)
        _refuse_twin(framework, Path(name), {**by_id, **chosen})
        chosen[framework.id] = framework
    return tuple(chosen.values())


def unless_built_in(frameworks: tuple[Framework, ...]) -> tuple[Framework, ...] | None:
    """The frameworks as a result has them: None for just those that come with okta-auditor."""
    return None if frameworks == tuple(builtin_frameworks()) else frameworks


def _refuse_twin(framework: Framework, path: Path, ids: Collection[str]) -> None:
    if framework.id in ids:
        raise UsageError(
            f"{path}: there is a framework {quoted(framework.id)} already.",
            remedy="Give it another id.",
        )


def _check_file(name: str, ids: Collection[str]) -> None:
    """Refuse a name that is not a file and looks like an id."""
    path = Path(name)
    if not path.exists() and path.name == name and path.suffix not in {".yaml", ".yml"}:
        raise UsageError(
            f"There is no framework {name!r}{did_you_mean(closest(name, ids)) or '.'}",
            remedy=f"Frameworks: {', '.join(ids)}; or name a YAML file of your own.",
        )
