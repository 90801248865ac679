"""The pipelines that `init` writes: each job's own steps, in order, from an empty repository."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from collect.service_app import KEY, pem, with_service_app
from helpers import SERVERS, okta_auditor, served
from workflow_jobs import Hosted, JobRun, git

NIGHTLY = "okta-auditor-nightly.yml"
CHANGE = "okta-auditor-pull-request.yml"
POLICIES = f"{SERVERS}/aus1/policies"
SNAPSHOT = "okta-auditor/snapshot"
SUPPRESSIONS = "okta-auditor-suppressions.toml"

pytestmark = pytest.mark.slow


def org(**changes: Any) -> dict[str, Any]:
    """A sound org with an app that reads it."""
    role = {"id": "irb1", "type": "READ_ONLY_ADMIN", "status": "ACTIVE"}
    return with_service_app(**changes, **{"/oauth2/v1/clients/0oaS/roles": [role]})


def changed(document: dict[str, Any]) -> dict[str, Any]:
    """An org in which people gained a scope, and with something to find."""
    document[f"{SERVERS}/aus1/scopes"].append(
        {"id": "scp2", "name": "billing:write", "system": False}
    )
    rule = document[f"{POLICIES}/00p1/rules"][0]
    rule["conditions"]["scopes"]["include"].append("billing:write")
    return document


def opened(document: dict[str, Any]) -> dict[str, Any]:
    """An org in which a policy is for all clients, which is a finding."""
    document[POLICIES][0]["conditions"]["clients"]["include"] = ["ALL_CLIENTS"]
    return document


@pytest.fixture
def hosted(tmp_path: Path) -> Hosted:
    """A repository in which nothing was done but `init`."""
    hosted = Hosted(tmp_path)
    done = okta_auditor("init", hosted.clone, "--package", hosted.wheel)
    assert done.exit_code == 0, done.stderr
    hosted.push("Begin")
    hosted.installs = False
    return hosted


def night(hosted: Hosted, document: dict[str, Any], **variables: str) -> JobRun:
    with served(document) as sandbox:
        return night_at(hosted, sandbox.url, **variables)


def night_at(hosted: Hosted, url: str, **variables: str) -> JobRun:
    return hosted.run(
        NIGHTLY,
        vars={"OKTA_CLIENT_ORGURL": url, "OKTA_CLIENT_CLIENTID": "0oaS", **variables},
        secrets={"OKTA_CLIENT_PRIVATEKEY": pem(KEY)},
    )


def pull_request(
    hosted: Hosted,
    branch: str,
    *,
    fork: bool = False,
    workflow: str = CHANGE,
    secrets: dict[str, str] | None = None,
) -> JobRun:
    """What GitHub runs for a pull request: what is checked out merges it into main."""
    clone = hosted.clone
    git(clone, "fetch", "--quiet", "origin", "main", branch)
    git(clone, "checkout", "--quiet", "--detach", "origin/main")
    git(clone, "merge", "--quiet", "--no-ff", "-m", "Merge", f"origin/{branch}")
    git(clone, "push", "--quiet", "--force", "origin", "HEAD:refs/pull/1/merge")
    git(clone, "checkout", "--quiet", "main")
    name = "stranger/okta" if fork else "acme/okta"
    event = {"pull_request.number": "1", "pull_request.head.repo.full_name": name}
    known = {"github.event": event, "secrets": secrets or {}}
    return hosted.run(workflow, "refs/pull/1/merge", **known)


def evidence(hosted: Hosted, folder: Path) -> list[Path]:
    git(hosted.folder, "clone", "--quiet", "-b", "okta-auditor/records", "origin.git", folder.name)
    return sorted((folder / "evidence").iterdir())


def test_from_an_empty_repository_to_a_night_that_names_what_is_new(
    hosted: Hosted, tmp_path: Path
) -> None:
    hosted.installs = True
    first = night(hosted, org())
    hosted.installs = False
    assert first.green, first.log
    assert "The first snapshot of the org" in hosted.read("text")
    hosted.merge(SNAPSHOT)

    calm = night(hosted, org())
    assert calm.green, calm.log
    assert "the org is as the committed snapshot says" in calm.log
    assert hosted.read("calls").count("pr create") == 1

    gained = night(hosted, changed(org()))
    assert gained.green, gained.log
    assert "gained billing" in hosted.read("text")
    assert 'through rule "Readers"' in hosted.read("text")
    assert "gained billing" in gained.summary

    checked = pull_request(hosted, SNAPSHOT)
    assert checked.outcomes["Say what the change does"] == "failure", "billing:write is gained"
    assert checked.outcomes["Audit the snapshot"] == "success", checked.log
    assert 'gained billing&#58;write through rule "Readers"' in hosted.comment("snapshot")
    assert "1 failing: scopes that must not be gained" in hosted.comment("snapshot")
    hosted.merge(SNAPSHOT)

    new = night(hosted, opened(changed(org())))
    assert new.outcomes["Read and audit the org"] == "failure"
    assert set(new.outcomes.values()) <= {"success", "failure", "skipped"}
    assert [name for name, is_ in new.outcomes.items() if is_ == "failure"] == [
        "Read and audit the org"
    ]
    assert "1 finding new since the run of" in new.log
    assert 'New: Policy "Apps"' in new.log
    assert "**New, " in new.summary
    assert "New findings" in hosted.read("text")
    assert "OAM201" in hosted.read("text")

    nights = evidence(hosted, tmp_path / "records")
    assert len(nights) == 4
    verified = okta_auditor("evidence", "verify", *nights)
    assert verified.exit_code == 0, verified.shown
    assert len(list((tmp_path / "records/history").iterdir())) == 4


def test_a_night_after_a_merge_reads_what_has_changed_and_says_what_it_did_not_read(
    hosted: Hosted,
) -> None:
    document = org()
    stamps = dict.fromkeys(("lastUpdated", "lastMembershipUpdated"), "2026-03-01T00:00:00Z")
    for record in (*document["/api/v1/apps"], *document["/api/v1/groups"]):
        record.update(stamps)
    with served(document) as sandbox:
        first = night_at(hosted, sandbox.url)
        assert first.green, first.log
        assert "carried over" not in first.log
        hosted.merge(SNAPSHOT)
        before = len(sandbox.requests)
        second = night_at(hosted, sandbox.url)
        paths = [request.path for request in sandbox.requests[before:]]

    assert second.green, second.log
    assert "Not read again but carried over" in second.log
    assert "Not read again but carried over" in second.summary
    assert not [path for path in paths if path.endswith(("/grants", "/credentials/jwks"))]
    assert "/api/v1/authorizationServers/aus1/scopes" in paths
    assert "the org is as the committed snapshot says" in second.log


def test_an_org_that_was_not_read_completely_is_never_proposed(hosted: Hosted) -> None:
    refused = {"path": "/api/v1/groups", "status": 403}
    done = night(hosted, org(faults=[refused]))

    assert not done.green
    assert done.outcomes["Propose the new snapshot"] == "skipped"
    assert done.outcomes["Write the evidence of this night"] == "success"
    assert hosted.read("text") == ""


def accepted(collection: str) -> str:
    return (
        f'[[accepted_gaps]]\ncollection = "{collection}"\nreason = "Nobody gives the right."\n'
        f'owner = "ada"\nexpires = {datetime.now(UTC).date() + timedelta(days=90)}\n'
    )


def test_a_right_that_nobody_gives_makes_no_night_red_once_somebody_answers_for_it(
    hosted: Hosted, tmp_path: Path
) -> None:
    refused = [
        {"path": "/principal-rate-limits", "status": 403},
        {"path": "/apps/[^/]+/grants", "status": 403},
    ]
    red = night(hosted, org(faults=refused))
    assert red.outcomes["Read and audit the org"] == "failure"
    assert red.outcomes["Propose the new snapshot"] == "skipped"
    assert 'collection = "client_rate_limits"' in red.log

    both = accepted("client_rate_limits") + accepted("app_grants")
    (hosted.clone / SUPPRESSIONS).write_text(both)
    hosted.push("Accept that rate limits are not read")
    green = night(hosted, org(faults=refused))
    assert green.green, green.log
    assert "All of that is accepted (2 gaps)" in green.summary
    assert "The first snapshot of the org" in hosted.read("text")
    hosted.merge(SNAPSHOT)
    nights = evidence(hosted, tmp_path / "records")
    verified = okta_auditor("evidence", "verify", "--replay", *nights)
    assert verified.exit_code == 0, verified.shown
    assert (
        "accepted gaps, of which nothing is known: app_grants and client_rate_limits"
        in verified.stdout
    )

    (hosted.clone / "README.md").write_text("Our org")
    hosted.push("Say what this is", "words")
    change = pull_request(hosted, "words")
    assert change.green, change.log

    worse = night(hosted, org(faults=[*refused, {"path": "/api/v1/zones", "status": 403}]))
    assert worse.outcomes["Read and audit the org"] == "failure"
    assert worse.log.count("[[accepted_gaps]]") == 1


def test_a_change_that_accepts_a_gap_is_said_and_accepts_nothing_yet(hosted: Hosted) -> None:
    with served(org(faults=[{"path": "/principal-rate-limits", "status": 403}])) as sandbox:
        okta_auditor("snapshot", "-o", hosted.clone / "okta/snapshot.json", url=sandbox.url)
    hosted.push("Begin with a gap")
    (hosted.clone / SUPPRESSIONS).write_text(accepted("client_rate_limits"))
    hosted.push("Accept it", "milder")

    done = pull_request(hosted, "milder")

    assert done.outcomes["Audit the snapshot"] == "failure"
    assert "this change adds 1 accepted gap;" in done.log


def test_an_org_that_cannot_be_read_leaves_nothing_behind(hosted: Hosted) -> None:
    done = night(hosted, org(), OKTA_CLIENT_CLIENTID="0oaX")

    assert done.outcomes["Read and audit the org"] == "failure"
    for step in ("Write the evidence of this night", "Keep the records", "Keep the report"):
        assert done.outcomes[step] == "skipped"


def test_a_public_repository_shows_no_org(hosted: Hosted) -> None:
    (hosted.requests / "private").write_text("false\n")

    refused = night(hosted, org())

    assert list(refused.outcomes.values()).count("success") == 0
    assert "are public" in refused.log
    assert night(hosted, org(), AUDIT_IN_PUBLIC="yes").green


def test_what_the_repository_does_not_allow_is_said(hosted: Hosted) -> None:
    (hosted.requests / "refused").touch()
    (hosted.requests / "unlicensed").touch()

    done = night(hosted, org())

    assert done.outcomes["Propose the new snapshot"] == "failure"
    assert "Allow GitHub Actions to create and approve pull requests" in done.log
    assert "a licence, GitHub Code Security" in done.log


def test_a_pull_request_before_the_first_night_is_green(hosted: Hosted) -> None:
    (hosted.clone / "README.md").write_text("Our org")
    hosted.push("Say what this is", "words")

    done = pull_request(hosted, "words")

    assert done.green, done.log
    assert "The nightly workflow proposes the first one" in done.summary


def test_a_fork_s_pull_request_gets_no_comment(hosted: Hosted) -> None:
    night(hosted, org())
    hosted.merge(SNAPSHOT)
    (hosted.clone / "README.md").write_text("Our org")
    hosted.push("Say what this is", "words")

    done = pull_request(hosted, "words", fork=True)

    assert done.green, done.log
    assert done.outcomes["Comment on the pull request"] == "skipped"
    assert hosted.comment("snapshot") == ""


def test_a_pull_request_cannot_weaken_its_own_gate(hosted: Hosted) -> None:
    case = (
        "- server: Billing\n  client: Invoices\n  grant: authorization_code\n"
        "  user: ada@acme.example\n  scopes: [openid]\n  expect: {}\n"
    )
    clone = hosted.clone
    with served(opened(org())) as sandbox:
        (clone / "okta/expectations.yaml").write_text(case.format("rejected"))
        path = clone / "okta/snapshot.json"
        okta_auditor("snapshot", "-o", path, url=sandbox.url)
    hosted.push("Begin with a finding")
    (clone / "okta-auditor.toml").write_text('exit_zero = true\nfail_on = "critical"\n')
    (clone / "okta/expectations.yaml").write_text(case.format("minted"))
    (clone / ".gitignore").write_text("")
    (clone / "okta-audit").symlink_to("okta")
    hosted.push("Be milder", "milder")

    done = pull_request(hosted, "milder")

    assert done.outcomes["Say what the change does"] == "success"
    assert done.outcomes["Try the expectations"] == "failure"
    assert done.outcomes["Audit the snapshot"] == "failure"
    assert "raises fail" in done.summary
    assert "adds 1 expectation and removes 1" in done.log
    assert not (hosted.folder / "work/okta/comment.md").exists()
