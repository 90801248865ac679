"""The folder of HCL that `snapshot --import-blocks` writes."""

from __future__ import annotations

from pathlib import Path

from auditor.cli.printing import print_remark
from auditor.errors import UsageError
from auditor.files import make_folder, write_file
from auditor.snapshot.document import Snapshot
from auditor.terraform.import_blocks import import_blocks
from auditor.text import counted


def check_import_folder(folder: Path | None, *, one_tenant: bool) -> None:
    """See to it that the folder can be written to and holds no configuration yet.

    Args:
        folder: as the person named it; None if nothing is to be written.
        one_tenant: whether a single tenant is read.

    Raises:
        UsageError: it holds some, which is never replaced, or is for several tenants.
        OutputError: it cannot be made.
    """
    if folder is None:
        return
    if not one_tenant:
        raise UsageError("--import-blocks is for one tenant.", remedy="Leave --tenant out.")
    if folder.is_dir() and any(folder.glob("*.tf")):
        raise UsageError(
            f"{folder} holds Terraform configuration already.",
            remedy="Name an empty folder for --import-blocks.",
        )
    make_folder(folder)


def write_import_blocks(snapshot: Snapshot, folder: Path | None) -> None:
    """Write the HCL of an org, if a folder for it was named.

    Raises:
        OutputError: a file cannot be written.
    """
    if folder is None:
        return
    files = import_blocks(snapshot)
    for name, text in files.items():
        write_file(folder / name, text.encode())
    print_remark(f"Wrote {counted(len(files), 'file')} of HCL to {folder}. Next: terraform plan")
