#!/usr/bin/env bash
# Says what a change of the Terraform configuration would make of the org.
#
#   plan.sh make DIR PLAN        plans the root module in DIR, and writes the plan as JSON to PLAN.
#                                That holds secrets in clear: it is for this job alone.
#   plan.sh check BASE DIR PLAN [OPTION…]
#                                audits what the plan would make of the snapshot of BASE, the commit
#                                that the change is to be merged into, with OPTIONs of okta-auditor.
#                                okta-audit/comment.md says who gains or loses which tokens and what
#                                is found, okta-audit/results.sarif on which lines. Exits with 1 if
#                                anybody gains a scope that a pattern of $FAIL_ON_GAIN names.
#
# $TERRAFORM is the program that plans, if it is not terraform: tofu.
set -euo pipefail

usage() {
  echo "plan.sh make DIR PLAN | plan.sh check BASE DIR PLAN [OPTION…]" >&2
  exit 2
}

make() {
  local folder="$1" plan="$2" program="${TERRAFORM:-terraform}"
  umask 077
  scratch="$(mktemp -d)"
  trap 'rm -rf "$scratch"' EXIT
  if [[ -n "${GITHUB_ACTIONS:-}" ]]; then
    # What is printed holds names of the org and of the change; none is a command to GitHub.
    word="$(python3 -c 'import secrets; print(secrets.token_hex(16))')"
    trap 'rm -rf "$scratch"; echo "::$word::"' EXIT
    echo "::stop-commands::$word"
  fi
  # Nothing is written: no provider that the lock file does not name, no lock of the state.
  "$program" "-chdir=$folder" init -input=false -no-color -lockfile=readonly
  "$program" "-chdir=$folder" plan -input=false -no-color -lock=false "-out=$scratch/plan.bin"
  "$program" "-chdir=$folder" show -json "$scratch/plan.bin" >"$plan"
}

check() {
  local base="$1" folder="$2" plan="$3" code=0 pattern merged=okta-audit/merged.json
  shift 3
  rm -rf okta-audit # a change may bring one along
  mkdir okta-audit
  local words=(run --plan "$plan" --source "$folder" -o okta-audit/planned.json --profile pr)
  words+=(--policy-from "$base" --source-root . "$@")
  words+=(--format sarif=okta-audit/results.sarif --format markdown=okta-audit/summary.md)
  if git cat-file -e "$base:okta/snapshot.json" 2>/dev/null; then
    git show "$base:okta/snapshot.json" >"$merged"
    words+=(--base "$merged")
    set -f # a pattern is not for the names of files here
    for pattern in ${FAIL_ON_GAIN:-}; do
      words+=(--fail-on-gain "$pattern")
    done
    set +f
  fi
  okta-auditor "${words[@]}" || code=$?
  [[ -f okta-audit/summary.md ]] || exit "$code" # the log says why
  {
    if [[ ! -f "$merged" ]]; then
      echo "**No snapshot is merged that the plan could be laid over.** What it makes is audited; who gains or loses what is not known, nor what the org has besides. The nightly pipeline proposes a snapshot."
      echo
    fi
    cat okta-audit/summary.md
  } >okta-audit/comment.md
  exit "$code"
}

case "${1:-} $#" in
  "make 3") make "$2" "$3" ;;
  "check "[4-9]*) check "${@:2}" ;;
  *) usage ;;
esac
