"""The wheel as a stranger installs it: one import name, everything in it, a clean environment."""

import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    # From a copy: tests run side by side, and a build leaves things behind.
    copy = tmp_path_factory.mktemp("source") / "okta-auditor"
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(".*", "build", "*.egg-info"))
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "-o", folder, copy],
        check=True,
        capture_output=True,
    )
    return next(folder.glob("*.whl"))


def test_check_wheel_contents_is_content(wheel: Path) -> None:
    command = [Path(sys.executable).with_name("check-wheel-contents"), wheel]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_it_owns_one_import_name_and_ships_the_data(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0] for name in names if ".dist-info/" not in name} == {"auditor"}
    for needed in (
        "py.typed",
        "rules/server_without_active_policy.py",
        "reports/templates/text.j2",
        "controls/frameworks/nist-800-53-r5.yaml",
        "controls/frameworks/unmapped.yaml",
        "templates/files.toml",
        "templates/github-workflows/okta-auditor-nightly.yml",
        "templates/github-workflows/okta-auditor-pull-request.yml",
        "templates/gitlab/okta-auditor.yml",
        "templates/gitlab_scripts/gitlab_requests.py",
        "templates/github-terraform/okta-auditor-terraform.yml",
        "templates/gitlab-terraform/okta-auditor-terraform.yml",
        "templates/terraform-scripts/plan.sh",
        "templates/scripts/compare.sh",
        "templates/scripts/evidence.sh",
        "templates/scripts/propose.sh",
        "templates/scripts/records.sh",
        "templates/repository/gitignore",
    ):
        assert f"auditor/{needed}" in names
    licences = [name for name in names if name.endswith("LICENSE")]
    assert licences


def test_the_installed_wheel_does_the_main_job_in_a_scrubbed_environment(
    wheel: Path, tmp_path: Path
) -> None:
    # Dependencies are those of this environment; the package itself comes from the wheel.
    venv.create(tmp_path / "venv", with_pip=False, symlinks=True)
    site = next((tmp_path / "venv").glob("lib/python*/site-packages"))
    zipfile.ZipFile(wheel).extractall(site)
    for path in dependencies():
        link = site / path.name
        if not link.exists():
            link.symlink_to(path)
    work = tmp_path / "empty"
    work.mkdir()

    done = subprocess.run(
        [tmp_path / "venv/bin/python", "-I", "-m", "auditor", "demo"],
        cwd=work,
        env={"HOME": str(work), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert (work / "okta-audit/report.html").exists()
    where = subprocess.run(
        [tmp_path / "venv/bin/python", "-I", "-c", "import auditor; print(auditor.__file__)"],
        cwd=work, env={}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert str(site) in where.stdout


def dependencies() -> list[Path]:
    """What is installed here, but for this project."""
    import pydantic  # noqa: PLC0415

    site = Path(pydantic.__file__).parents[1]
    return [path for path in site.iterdir() if "auditor" not in path.name]
