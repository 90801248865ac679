#!/usr/bin/env bash
# The records of earlier nights, in okta-records/: a small one of each run in history/, and the
# evidence of each night in evidence/. They are kept on a branch of their own.
#
#   records.sh fetch   gets them; the first night begins with none
#   records.sh keep    adds what this night has written
set -euo pipefail

folder=okta-records
branch=refs/heads/okta-auditor/records

case "${1:-}" in
  fetch)
    remote="$(git remote get-url origin)"
    rm -rf "$folder"
    git init --quiet "$folder"
    git -C "$folder" remote add origin "$remote"
    # A branch that is not there is a first night. One that could not be asked for is an error:
    # a new beginning would leave a gap in the evidence.
    code=0
    git -C "$folder" ls-remote --quiet --exit-code origin "$branch" >/dev/null || code=$?
    if ((code == 0)); then
      git -C "$folder" fetch --quiet --depth=1 origin "$branch"
      git -C "$folder" checkout --quiet --detach FETCH_HEAD
    elif ((code != 2)); then
      exit "$code"
    fi
    mkdir -p "$folder/history" "$folder/evidence"
    ;;
  keep)
    git -C "$folder" add --all
    if git -C "$folder" diff --cached --quiet; then
      echo "nothing to keep"
      exit
    fi
    git -C "$folder" -c user.name=okta-auditor -c user.email=okta-auditor@localhost \
      commit --quiet --message "Keep the records of $(date -u +%F)"
    git -C "$folder" push --quiet origin "HEAD:$branch"
    ;;
  *)
    echo "records.sh fetch|keep" >&2
    exit 2
    ;;
esac
