"""Whatever is done to evidence, `verify` names it and exits with 1."""

from __future__ import annotations

import json
import os
import shutil
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from bundle_forgery import packed as packed_bundle
from conftest import series
from helpers import Outcome, okta_auditor

Copied = Callable[[], list[Path]]


def verify(*words: object) -> Outcome:
    """Check bundles; those below `zips` are packed first, and called as before they were."""
    done = okta_auditor("evidence", "verify", *map(_as_archive, words))
    return Outcome(done.exit_code, done.stdout.replace(".zip:", ":"), done.stderr)


def _as_archive(word: object) -> object:
    if isinstance(word, Path) and word.parent.name == "zips" and word.is_dir():
        return packed_bundle(word, word.with_suffix(".zip"))
    return word


def refused(done: Outcome, *said: str) -> None:
    assert done.exit_code == 1, done.shown
    for text in said:
        assert text in done.stdout


def test_an_untouched_chain_is_accepted_in_any_order(three: list[Path]) -> None:
    done = verify(three[1], three[2], three[0], "--public-key", three[0].parent / "key.pub")

    assert done.exit_code == 0, done.shown
    assert done.stdout.startswith("3 bundles signed by key ")
    assert " and unaltered, 2026-01-01T02:00:00+00:00 to 2026-01-03" in done.stdout


def test_one_changed_byte_in_any_file_is_named(copied: Copied) -> None:
    nights = copied()
    for file in sorted(nights[1].iterdir()):
        whole = file.read_bytes()
        for position in (0, len(whole) // 2, len(whole) - 1):
            changed = bytearray(whole)
            changed[position] ^= 1
            file.write_bytes(changed)
            done = verify(*nights)
            refused(done, f"{nights[1]}: ", file.name)
        file.write_bytes(whole)
    assert verify(*nights).exit_code == 0


def test_an_added_a_removed_and_a_swapped_file_are_named(copied: Copied) -> None:
    nights = copied()
    (nights[0] / "notes.txt").write_text("hello")
    (nights[1] / "controls.csv").unlink()
    one, other = nights[2] / "ledger.json", nights[2] / "tool.json"
    kept = one.read_bytes()
    one.write_bytes(other.read_bytes()[: len(kept)].ljust(len(kept)))
    refused(
        verify(*nights),
        f'{nights[0]}: "notes.txt" was added',
        f"{nights[1]}: controls.csv was removed",
        f"{nights[2]}: ledger.json was changed",
    )


def test_files_that_changed_places_are_named(copied: Copied) -> None:
    nights = copied()
    one, other = nights[0] / "ledger.json", nights[0] / "tool.json"
    one.rename(nights[0] / "x")
    other.rename(one)
    (nights[0] / "x").rename(other)

    refused(verify(*nights), "ledger.json was", "tool.json was")


def test_files_swapped_between_nights_are_named(copied: Copied) -> None:
    nights = copied()
    shutil.copy(nights[0] / "snapshot.json", nights[1] / "snapshot.json")

    refused(verify(*nights), f"{nights[1]}: snapshot.json was changed")


def test_a_missing_night_is_named(three: list[Path]) -> None:
    done = verify(three[0], three[2])
    refused(
        done,
        f"{three[2]}: the bundle before it is missing or was changed",
        "captured 2026-01-02T02:00:00+00:00",
        "48 hours between the captures",
    )
    refused(verify(three[1], three[2]), f"{three[1]}: the bundle before it is missing")


def test_a_part_of_a_series_is_accepted_after_a_digest_that_is_known(three: list[Path]) -> None:
    before = verify(three[0]).stdout.split()[-1]

    assert verify(three[1], three[2], "--after", before).exit_code == 0
    refused(verify(three[1], three[2], "--after", "0" * 64), f"{three[1]}: the bundle before it")


def test_a_night_that_was_never_captured_is_named_although_the_chain_is_whole(
    tmp_path: Path,
) -> None:
    from conftest import night  # noqa: PLC0415 - a plain function beside the fixtures

    one, two = tmp_path / "one", tmp_path / "two"
    okta_auditor("evidence", "export", night(tmp_path / "s", 0), "-o", one, "--no-config")
    okta_auditor(
        "evidence", "export", night(tmp_path / "s", 3), "-o", two, "--no-config", "--previous", one
    )

    refused(verify(one, two), f"{two}: nights are missing: 72 hours")
    assert verify(one, two, "--max-hours", 72).exit_code == 0


def test_reordered_manifests_are_named(copied: Copied) -> None:
    nights = copied()
    for name in ("manifest.json", "manifest.dsse.json"):
        first, second = (nights[number] / name for number in (0, 1))
        kept = first.read_bytes()
        first.write_bytes(second.read_bytes())
        second.write_bytes(kept)

    refused(verify(*nights), f"{nights[0]}: snapshot.json was changed")


def test_a_forged_order_is_named(copied: Copied) -> None:
    nights = copied()
    file = nights[2] / "manifest.json"
    value = json.loads(file.read_text())
    value["predicate"]["captured_at"] = "2025-12-01T02:00:00Z"
    file.write_text(json.dumps(value))

    refused(verify(*nights), "manifest.json is not what", "was not captured earlier")


def test_the_same_bundle_twice_is_named(three: list[Path]) -> None:
    refused(verify(*three, three[1]), "it is the same bundle as")


def test_a_wrong_key_a_foreign_signature_and_none_are_named(copied: Copied, tmp_path: Path) -> None:
    nights = copied()
    okta_auditor("evidence", "keygen", "-o", tmp_path / "other")
    public = tmp_path / "other.pub"
    refused(verify(*nights, "--public-key", public), "is not that of the given key")

    (nights[1] / "manifest.dsse.json").unlink()
    refused(verify(*nights, "--public-key", public), f"{nights[1]}: it is not signed")
    refused(verify(*nights), f"{nights[1]}: manifest.dsse.json was removed")

    done = verify(nights[0], "--public-key", tmp_path / "other")
    assert done.exit_code == 2
    assert "PRIVATE" not in done.shown


@pytest.mark.parametrize("left", [0, 1, 200])
def test_a_truncated_manifest_is_named(copied: Copied, left: int) -> None:
    nights = copied()
    file = nights[1] / "manifest.json"
    file.write_bytes(file.read_bytes()[:left])

    refused(verify(*nights), f"{nights[1]}: manifest.json is unusable: it is cut off")


def test_a_missing_manifest_and_no_bundle_at_all_are_named(copied: Copied, tmp_path: Path) -> None:
    nights = copied()
    (nights[1] / "manifest.json").unlink()

    refused(verify(*nights), f"{nights[1]}: manifest.json is missing")
    refused(verify(tmp_path / "nothing"), "there is no such folder or file")


def test_links_folders_and_pipes_in_a_folder_are_named_and_not_followed(tmp_path: Path) -> None:
    nights = series(tmp_path, 1)
    file = nights[0] / "snapshot.json"
    target = nights[0].parent / "elsewhere.json"
    file.rename(target)
    file.symlink_to(target)
    (nights[0] / "more").mkdir()
    os.mkfifo(nights[0] / "pipe")

    refused(
        verify(*nights),
        '"snapshot.json" is a symbolic link; it was not followed',
        'the folder "more" was added',
        '"pipe" is not a regular file',
    )


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return series(tmp_path_factory.mktemp("zip"), 1, "--zip")[0]


def repacked(packed: Path, target: Path, **changes: bytes) -> zipfile.ZipFile:
    """A new zip file with the members of a bundle, still open for more."""
    with zipfile.ZipFile(packed) as whole:
        members = {name: whole.read(name) for name in whole.namelist()}
    archive = zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED)
    for name, data in {**members, **changes}.items():
        archive.writestr(name, data)
    return archive


def test_a_zip_file_verifies_as_its_folder_does(packed: Path, tmp_path: Path) -> None:
    done = verify(packed)

    assert done.exit_code == 0
    assert done.stdout.startswith("1 bundle consistent with itself, 2026-01-01")
    assert not {"unaltered", "authentic", "verified"} & set(done.shown.replace(",", "").split())
    repacked(packed, tmp_path / "again.zip").close()
    refused(verify(tmp_path / "again.zip"), "snapshot.json was compressed again")


@pytest.mark.parametrize("name", ["../evil", "/etc/evil", "a/b", "..\\evil", "C:evil", ".."])
def test_a_path_outside_the_bundle_is_named(packed: Path, tmp_path: Path, name: str) -> None:
    with repacked(packed, tmp_path / "x.zip") as archive:
        archive.writestr(name, b"x")

    refused(verify(tmp_path / "x.zip"), "is a path outside the bundle or in a folder")
    assert sorted(item.name for item in tmp_path.iterdir()) == ["x.zip"]


def test_a_link_in_a_zip_file_is_named(packed: Path, tmp_path: Path) -> None:
    with repacked(packed, tmp_path / "x.zip") as archive:
        info = zipfile.ZipInfo("link")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, "/etc/passwd")

    refused(verify(tmp_path / "x.zip"), '"link" is a symbolic link')


def test_a_zip_bomb_is_refused_without_unpacking_it(packed: Path, tmp_path: Path) -> None:
    with repacked(packed, tmp_path / "x.zip", **{"snapshot.json": bytes(200 << 20)}):
        pass

    refused(verify(tmp_path / "x.zip"), '"snapshot.json" is a zip bomb')


def test_a_member_that_lies_about_its_size_is_named(packed: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(packed) as whole:
        longer = whole.read("tool.json") + b" " * 1000
    repacked(packed, tmp_path / "x.zip", **{"tool.json": longer}).close()

    refused(verify(tmp_path / "x.zip"), "tool.json was changed: it is longer than")


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_that_is_there_twice_is_named(packed: Path, tmp_path: Path) -> None:
    with repacked(packed, tmp_path / "x.zip") as archive:
        archive.writestr("tool.json", b"{}")

    refused(verify(tmp_path / "x.zip"), '"tool.json" is there twice')


@pytest.mark.parametrize("part", [0.0, 0.3, 0.9])
def test_a_zip_file_that_is_cut_off_is_named(packed: Path, tmp_path: Path, part: float) -> None:
    data = packed.read_bytes()
    (tmp_path / "x.zip").write_bytes(data[: int(len(data) * part)])

    refused(verify(tmp_path / "x.zip"), "neither a folder nor an intact zip file")


def test_every_changed_byte_of_a_zip_file_s_contents_is_named(packed: Path, tmp_path: Path) -> None:
    data = packed.read_bytes()
    with zipfile.ZipFile(packed) as whole:
        places = [item.header_offset + 60 + item.compress_size // 2 for item in whole.infolist()]
    for place in places:
        changed = bytearray(data)
        changed[place] ^= 1
        (tmp_path / "x.zip").write_bytes(changed)
        assert verify(tmp_path / "x.zip").exit_code == 1


def test_no_changed_byte_of_an_unsigned_manifest_goes_unnoticed(tmp_path: Path) -> None:
    (bundle,) = series(tmp_path, 1)
    file = bundle / "manifest.json"
    whole = file.read_bytes()
    for position in range(0, len(whole), 7):
        changed = bytearray(whole)
        changed[position] ^= 1
        file.write_bytes(changed)
        refused(verify(bundle), "manifest.json")


def test_no_changed_byte_of_an_envelope_goes_unnoticed_without_a_key(copied: Copied) -> None:
    nights = copied()
    file = nights[0] / "manifest.dsse.json"
    whole = file.read_bytes()
    # What is read of an envelope is the same wherever it lies; packing takes longest.
    step = 10 if nights[0].parent.name == "zips" else 1
    for position in range(len(whole) - 300, len(whole), step):
        changed = bytearray(whole)
        changed[position] ^= 1
        file.write_bytes(changed)
        refused(verify(nights[0]), "manifest.dsse.json")
