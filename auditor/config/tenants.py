"""Several tenants in one configuration file: where each is, and where its secrets are.

The file names environment variables and files that hold secrets. It never holds one: it is
meant to be committed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from auditor.errors import UsageError
from auditor.input_files import LARGEST_SECRET, InputProblem, name_problem, read_bytes

_SECRETS = frozenset(
    {"token", "api_token", "ssws", "private_key", "privatekey", "jwk", "client_secret", "secret"}
)
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def _variable(value: str) -> str:
    # Not the value: it may be the secret itself.
    if not _VARIABLE.fullmatch(value):
        raise ValueError("this is no name of an environment variable; the secret stays outside")
    return value


def _secret_file(value: Path) -> Path:
    text = str(value)
    if text.startswith("~") and not text.startswith(("~/", "~\\")) and text != "~":
        raise ValueError("name the folder instead of ~ and a user's name")
    if "-----" in text or "\n" in text or text.startswith("{"):
        raise ValueError("this is no path of a file; the secret stays outside")
    return value


def _usable(value: Path) -> Path:
    if problem := name_problem(value):
        raise ValueError(problem)
    return value


def tenant_name(name: str) -> str:
    """The name, if it can be that of a file.

    Raises:
        ValueError: it cannot.
    """
    if not _NAME.fullmatch(name):
        raise ValueError("a tenant's name has letters, digits, dots, dashes and underscores only")
    return name


TenantName = Annotated[str, AfterValidator(tenant_name)]
_Variable = Annotated[str, AfterValidator(_variable)]
_File = Annotated[Path, AfterValidator(_usable), AfterValidator(_secret_file)]
_Names = Annotated[
    tuple[str, ...],
    BeforeValidator(lambda value: tuple(value) if isinstance(value, list) else value),
]


class TenantConfig(BaseModel):
    """One org, how to prove who asks, and where its snapshot goes."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
        title="Tenant",
        defer_build=True,
    )

    # A validator that looks at all keys first makes them Python's, and then strict mode, in which
    # configuration files are read, takes neither a list for a tuple nor a text for a path.
    org_url: str = Field(min_length=1, description="The org's URL, https://your-org.okta.com.")
    token_env: _Variable | None = Field(
        default=None, description="The environment variable that holds an API token."
    )
    token_file: _File | None = Field(
        default=None,
        strict=False,
        description="The file that holds an API token, relative to the configuration file.",
    )
    client_id: str = Field(default="", description="The client id of a service app.")
    private_key_env: _Variable | None = Field(
        default=None, description="The environment variable that holds its private key or a path."
    )
    private_key_file: _File | None = Field(
        default=None,
        strict=False,
        description="The file that holds its private key, relative to the configuration file.",
    )
    key_id: str = Field(default="", description="The key id of its key.")
    scopes: _Names = Field(
        default=(),
        description="The OAuth scopes that were granted to it. All that are read.",
    )
    snapshot: Annotated[Path, AfterValidator(_usable)] | None = Field(
        default=None,
        strict=False,
        description="Where its snapshot goes, relative to the working folder. "
        "snapshots/NAME.json without it.",
    )

    @model_validator(mode="before")
    @classmethod
    def _refuse_secrets(cls, value: Any) -> Any:
        if isinstance(value, dict):
            secret_keys = sorted(_SECRETS.intersection(map(str, value)))
            if secret_keys:
                raise ValueError(
                    f"{secret_keys[0]}: a secret does not belong in this file; put it into an "
                    "environment variable or a file and name that: token_env, token_file, "
                    "private_key_env or private_key_file"
                )
        return value

    @model_validator(mode="after")
    def _one_credential(self) -> Self:
        tokens = [self.token_env, self.token_file]
        keys = [self.private_key_env, self.private_key_file]
        if sum(way is not None for way in (*tokens, *keys)) != 1:
            raise ValueError(
                "name exactly one of token_env, token_file, private_key_env and private_key_file"
            )
        if any(keys) and not self.client_id:
            raise ValueError("a service app has a client_id, too")
        if any(tokens) and (self.client_id or self.key_id or self.scopes):
            raise ValueError(
                "client_id, key_id and scopes are of service apps; this is an API token"
            )
        return self

    def output(self, name: str) -> Path:
        """Where the snapshot goes."""
        return self.snapshot or Path("snapshots") / f"{name}.json"

    def variables(self, environment: Mapping[str, str]) -> dict[str, str]:
        """The same as the SDK's variables, secrets included. Keep them in memory only.

        Args:
            environment: where secrets are.

        Raises:
            UsageError: the file with the token cannot be read.
        """
        key = str(self.private_key_file or environment.get(self.private_key_env or "", ""))
        token = (
            _read(self.token_file) if self.token_file else environment.get(self.token_env or "", "")
        )
        return {
            "OKTA_CLIENT_AUTHORIZATIONMODE": "PrivateKey" if self.client_id else "SSWS",
            "OKTA_CLIENT_ORGURL": self.org_url,
            "OKTA_CLIENT_TOKEN": token,
            "OKTA_CLIENT_CLIENTID": self.client_id,
            "OKTA_CLIENT_PRIVATEKEY": key,
            "OKTA_CLIENT_KID": self.key_id,
            "OKTA_CLIENT_SCOPES": " ".join(self.scopes),
        }

    def names(self, name: str) -> dict[str, str]:
        """The names in messages of what sets the SDK's variables, by variable."""
        return {
            "OKTA_CLIENT_ORGURL": f"org_url of tenant {name}",
            "OKTA_CLIENT_TOKEN": self.token_env or f"{self.token_file}",
            "OKTA_CLIENT_PRIVATEKEY": self.private_key_env or f"{self.private_key_file}",
            "OKTA_CLIENT_CLIENTID": f"client_id of tenant {name}",
            "OKTA_CLIENT_SCOPES": f"scopes of tenant {name}",
        }

    def with_files_in(self, folder: Path) -> TenantConfig:
        """The tenant with the files of its secrets relative to the working folder.

        Args:
            folder: the configuration file's.
        """
        files = {
            key: folder / path.expanduser()
            for key in ("token_file", "private_key_file")
            if isinstance(path := getattr(self, key), Path)
        }
        return self.model_copy(update=files)


def _read(path: Path) -> str:
    try:
        return read_bytes(path, LARGEST_SECRET).decode().strip()
    except (InputProblem, UnicodeDecodeError):
        raise UsageError(
            f"{path} cannot be read as a file that holds an API token.",
            remedy="Check token_file; it is relative to the configuration file.",
        ) from None
