"""Which value wins: command line, environment, file, profile, default, in this order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from auditor.config.discovery import candidates, find_config, find_config_in
from auditor.config.environment import Values, from_environment, switched_on
from auditor.config.model import Settings, typed
from auditor.config.origin import Layer, Origin
from auditor.config.policy_tree import PolicyTree
from auditor.config.profiles import PROFILES, Profile
from auditor.config.reading import ConfigFile, read_file
from auditor.config.trust import check_paths, trusted_rules
from auditor.errors import UsageError
from auditor.input_files import name_problem


@dataclass(frozen=True)
class EffectiveSettings:
    """The settings of a run, and where each comes from."""

    settings: Settings
    origins: Mapping[str, Origin]
    file: ConfigFile | None
    notes: tuple[str, ...]
    isolated: bool
    """Whether to use only files named on the command line."""
    candidates: tuple[Path, ...]
    """Files whose appearance, change or loss may change the settings."""
    without_file: Settings | None = None
    """What would hold without the file, where nobody named it."""
    tree: PolicyTree | None = None
    """The commit that what decides is read from; None for the checkout."""

    @property
    def as_of(self) -> date:
        """The day by which expiry is judged."""
        assert self.settings.as_of is not None
        return self.settings.as_of

    def error(self, key: tuple[str, ...], problem: str, remedy: str) -> UsageError:
        """An error about a setting's value that names the place where the value was set.

        Args:
            key: the setting, and the keys within it.
            problem: what is wrong with the value.
            remedy: what to do.
        """
        origin = self.origins[key[0]]
        if origin.layer in {Layer.COMMAND_LINE, Layer.DEFAULT}:
            return UsageError(problem, remedy=remedy)
        if self.file and origin.layer is Layer.FILE:
            origin = Origin(Layer.FILE, origin.name, self.file.line(*key))
        return UsageError(f"{origin}: {'.'.join(key)}: {problem}", remedy=remedy)


def merge_settings(
    command_line: Mapping[str, Any],
    environ: Mapping[str, str],
    *,
    folder: Path,
    today: date,
    config: Path | None = None,
    no_config: bool = False,
    tree: PolicyTree | None = None,
) -> EffectiveSettings:
    """Merge the layers.

    Args:
        command_line: what the command line sets, by key, in the keys' types.
        environ: the environment's variables.
        folder: the working folder, where the search for a file begins.
        today: the day that holds if nothing sets another.
        config: the file that the command line names.
        no_config: whether to use no file.
        tree: the commit to take the file from; None for the checkout.

    Raises:
        UsageError: a file or a variable cannot be used.
    """
    file, notes, places = _file(environ, folder, config, tree, no_config=no_config)
    from_file: Values = {}
    if file:
        from_file = {
            key: (value, Origin(Layer.FILE, file.shown, file.line(key)))
            for key, value in file.values.items()
        }
    from_caller: Values = {
        **from_environment(environ),
        **{key: (value, Origin(Layer.COMMAND_LINE)) for key, value in command_line.items()},
    }
    values = _merged({**from_file, **from_caller}, today)
    _check_names(values)
    if file:
        check_paths(file, values, folder)
        values["rules"], refused = trusted_rules(file, values)
        notes += refused
    return EffectiveSettings(
        settings=_settings(values),
        origins={key: origin for key, (_, origin) in values.items()},
        file=file,
        notes=notes,
        isolated=file is None and not places,
        candidates=places,
        without_file=_settings(_merged(from_caller, today)) if file and file.unnamed else None,
        tree=tree,
    )


def _check_names(values: Values) -> None:
    """Refuse paths that no file system takes, before anything asks for them."""
    for key, (value, origin) in values.items():
        for item in value if isinstance(value, tuple) else (value,):
            if isinstance(item, Path) and (problem := name_problem(item)):
                raise UsageError(f"{origin}: {key} {problem}.", remedy="Name another path.")


def _merged(stated: Values, today: date) -> Values:
    """Stated values over those of the profile, over the defaults."""
    defaults: Values = {
        key: (info.get_default(call_default_factory=True), Origin(Layer.DEFAULT))
        for key, info in Settings.model_fields.items()
    }
    defaults["as_of"] = (today, Origin(Layer.DEFAULT, "(today in UTC)"))
    profile = stated.get("profile", defaults["profile"])[0]
    return {**defaults, **(_from_profile(profile) if profile else {}), **stated}


def _settings(values: Values) -> Settings:
    return Settings.model_construct(**{key: value for key, (value, _) in values.items()})


def _file(
    environ: Mapping[str, str],
    folder: Path,
    config: Path | None,
    tree: PolicyTree | None,
    *,
    no_config: bool,
) -> tuple[ConfigFile | None, tuple[str, ...], tuple[Path, ...]]:
    if config and no_config:
        raise UsageError("--config and --no-config contradict each other.", remedy="Leave one out.")
    if config is None and not no_config:
        no_config = switched_on(environ, "NO_CONFIG")
        named = environ.get("OKTA_AUDITOR_CONFIG", "").strip()
        config = Path(named) if named and not no_config else None
    if config:
        return read_file(config, tree=tree), (), (config,)
    if no_config:
        return None, (), ()
    if tree:
        found = find_config_in(tree, folder)
        file = read_file(found, searched=True, tree=tree) if found else None
        return file, (), tuple(candidates(folder))
    search = find_config(folder)
    file = read_file(search.path, searched=True) if search.path else None
    return file, search.notes, tuple(candidates(folder))


def _from_profile(profile: Profile) -> Values:
    origin = Origin(Layer.PROFILE, profile.value)
    return {key: (typed(key, value), origin) for key, value in PROFILES[profile].settings.items()}
