"""The folder of HCL that `snapshot --import-blocks` writes."""

from __future__ import annotations

from pathlib import Path

from auditor.cli.printing import print_remark
from auditor.errors import UsageError
from auditor.files import make_folder, write_file
from auditor.snapshot.document import Snapshot
from auditor.terraform.import_blocks import import_blocks
from auditor.text import counted


def check_import_folder(folder: Path) -> None:
    """See to it that the folder can be written to and holds no configuration yet.

    Raises:
        UsageError: it holds some, which is never replaced.
        OutputError: it cannot be made.
    """
    if folder.is_dir() and any(folder.glob("*.tf")):
        raise UsageError(
            f"{folder} holds Terraform configuration already.",
            remedy="Name an empty folder for --import-blocks.",
        )
    make_folder(folder)


def write_import_blocks(snapshot: Snapshot, folder: Path) -> None:
    """Write the HCL of an org.

    Raises:
        OutputError: a file cannot be written.
    """
    files = import_blocks(snapshot)
    for name, text in files.items():
        write_file(folder / name, text.encode())
    print_remark(f"Wrote {counted(len(files), 'file')} of HCL to {folder}. Next: terraform plan")
