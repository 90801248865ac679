"""Imports a few modules of a package without all that the package imports along with them.

`import okta` loads the models of schemas and an XML parser, `okta.jwt` and `okta.dpop` two more
libraries of cryptography: half a second and 30 MB for what nobody here uses. So the package's own
`__init__` is not run, and modules that are left out are replaced for the time being. Afterwards
none of it stays in `sys.modules`, so that a program that uses the SDK itself gets all of it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import version
from importlib.util import find_spec, module_from_spec
from types import ModuleType
from typing import Any


@contextmanager
def lean_import(package: str, left_out: Mapping[str, Mapping[str, Any] | None]) -> Iterator[None]:
    """In the block, modules of a package are imported without its `__init__`.

    Where the package is imported already, imports are as ever.

    Args:
        package: the name of a package on the top level, which has a distribution of that name.
        left_out: modules of it that are not imported, with the names that stand in for theirs;
            None for one that counts as not installed.
    """
    spec = find_spec(package) if package not in sys.modules else None
    if spec is None:
        yield
        return
    stand_in = module_from_spec(spec)
    vars(stand_in)["__version__"] = version(package)
    sys.modules[package] = stand_in
    for name, names in left_out.items():
        replacement = None if names is None else ModuleType(name)
        if replacement is not None:
            vars(replacement).update(names or {})
        sys.modules[name] = replacement  # type: ignore[assignment] # None is what Python asks for
    try:
        yield
    finally:
        for name in [each for each in sys.modules if each.split(".")[0] == package]:
            del sys.modules[name]
