#!/usr/bin/env bash
# Says what a change does, as okta-audit/comment.md: who gains or loses which tokens. Exits with 1
# if anybody gains a scope that a pattern of $FAIL_ON_GAIN names; without any, nobody's gain fails.
#
#   compare.sh BASE   the commit that the change is to be merged into
set -euo pipefail

if (($# != 1)); then
  echo "compare.sh BASE: name the commit that the change is to be merged into" >&2
  exit 2
fi
base="$1"
snapshot=okta/snapshot.json
rm -rf okta-audit # a change may bring one along
mkdir okta-audit

if ! git cat-file -e "$base:$snapshot" 2>/dev/null; then
  echo "There is no merged snapshot to compare with." | tee okta-audit/comment.md
  exit
fi
git show "$base:$snapshot" >okta-audit/merged.json
words=(diff okta-audit/merged.json "$snapshot" --format markdown --policy-from "$base")
set -f # a pattern is not for the names of files here
for pattern in ${FAIL_ON_GAIN:-}; do
  words+=(--fail-on-gain "$pattern")
done
okta-auditor "${words[@]}" >okta-audit/comment.md
