"""Which value wins: command line, environment, file, profile, default, in this order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from auditor.config.discovery import candidates, search
from auditor.config.environment import Layer, from_environment, switched_on
from auditor.config.model import Settings, typed
from auditor.config.origin import COMMAND_LINE, DEFAULT, Origin
from auditor.config.profiles import PROFILES, Profile
from auditor.config.reading import ConfigFile, read_file
from auditor.config.trust import confined, trusted_rules
from auditor.errors import UsageError


@dataclass(frozen=True)
class Effective:
    """The settings of a run, and where each comes from."""

    settings: Settings
    origins: Mapping[str, Origin]
    file: ConfigFile | None
    notes: tuple[str, ...]
    isolated: bool
    """Whether the call wants nothing but what it names itself."""
    candidates: tuple[Path, ...]
    """Files whose appearance, change or loss may change the settings."""

    @property
    def as_of(self) -> date:
        """The day by which expiry is judged."""
        assert self.settings.as_of is not None
        return self.settings.as_of

    def blamed(self, error: UsageError, *key: str) -> UsageError:
        """An error about a setting's value, with the place that the value comes from."""
        origin = self.origins[key[0]]
        if origin.kind in {"command line", "default"}:
            return error
        if self.file and origin.kind == "file":
            origin = Origin("file", origin.name, self.file.line(*key))
        name = ".".join(key)
        told = error.message.removeprefix(f"{name}: ")
        return UsageError(f"{origin}: {name}: {told}", remedy=error.remedy)


def effective(
    command_line: Mapping[str, Any],
    environ: Mapping[str, str],
    *,
    folder: Path,
    today: date,
    config: Path | None = None,
    no_config: bool = False,
) -> Effective:
    """Merge the layers.

    Args:
        command_line: what the call says, by key; typed, and without what it does not say.
        environ: the environment's variables.
        folder: the working folder, where the search for a file begins.
        today: the day that is meant if nothing says another.
        config: the file that the call names.
        no_config: whether the call wants no file.

    Raises:
        UsageError: a file or a variable cannot be used.
    """
    file, notes, places = _file(environ, folder, config, no_config=no_config)
    named: Layer = {}
    if file:
        named = {
            key: (value, Origin("file", file.shown, file.line(key)))
            for key, value in file.values.items()
        }
    stated: Layer = {
        **named,
        **from_environment(environ),
        **{key: (value, COMMAND_LINE) for key, value in command_line.items()},
    }
    defaults: Layer = {
        key: (info.get_default(call_default_factory=True), DEFAULT)
        for key, info in Settings.model_fields.items()
    }
    defaults["as_of"] = (today, Origin("default", "(today in UTC)"))
    profile = stated.get("profile", defaults["profile"])[0]
    layer = {**defaults, **(_bundle(profile) if profile else {}), **stated}
    if file:
        confined(file, layer, folder)
        layer["rules"], refused = trusted_rules(file, layer)
        notes += refused
    return Effective(
        settings=Settings.model_construct(**{key: value for key, (value, _) in layer.items()}),
        origins={key: origin for key, (_, origin) in layer.items()},
        file=file,
        notes=notes,
        isolated=file is None and not places,
        candidates=places,
    )


def _file(
    environ: Mapping[str, str], folder: Path, config: Path | None, *, no_config: bool
) -> tuple[ConfigFile | None, tuple[str, ...], tuple[Path, ...]]:
    if config and no_config:
        raise UsageError("--config and --no-config contradict each other.", remedy="Leave one out.")
    if config is None and not no_config:
        no_config = switched_on(environ, "NO_CONFIG")
        named = environ.get("OKTA_AUDITOR_CONFIG", "").strip()
        config = Path(named) if named and not no_config else None
    if config:
        return read_file(config), (), (config,)
    if no_config:
        return None, (), ()
    found = search(folder)
    file = read_file(found.path, searched=True) if found.path else None
    return file, found.notes, tuple(candidates(folder))


def _bundle(profile: Profile) -> Layer:
    origin = Origin("profile", profile.value)
    return {key: (typed(key, value), origin) for key, value in PROFILES[profile].settings.items()}
