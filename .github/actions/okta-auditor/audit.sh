#!/usr/bin/env bash
# Audits, annotates, writes the step summary and ends with okta-auditor's own exit code.
# Inputs come as environment variables, so that no text of theirs is ever run.
set -euo pipefail

case "$INPUT_COMMAND" in
  audit) words=(audit) ;;
  run)
    words=(run -o "$INPUT_SNAPSHOT")
    mkdir -p -- "$(dirname -- "$INPUT_SNAPSHOT")"
    ;;
  plan)
    words=(run --plan "$INPUT_PLAN" --base "$INPUT_SNAPSHOT" --source "$INPUT_SOURCE")
    words+=(-o "$INPUT_OUTPUT/planned.json")
    ;;
  *)
    echo "::error::The input command is none of audit, run and plan."
    exit 2
    ;;
esac

sarif="$INPUT_OUTPUT/results.sarif"
html="$INPUT_OUTPUT/report.html"
markdown="$INPUT_OUTPUT/summary.md"
mkdir -p -- "$INPUT_OUTPUT"
rm -f -- "$sarif" "$html" "$markdown" # of an earlier run

words+=(
  --source-root "$GITHUB_WORKSPACE"
  --format github
  --format "sarif=$sarif"
  --format "html=$html"
  --format "markdown=$markdown"
)
[[ -z "$INPUT_CONFIG" ]] || words+=(--config "$INPUT_CONFIG")
[[ -z "$INPUT_FAIL_ON" ]] || words+=(--fail-on "$INPUT_FAIL_ON")
[[ -z "$INPUT_HISTORY" ]] || words+=(--history "$INPUT_HISTORY")
while IFS= read -r word; do
  [[ -z "$word" ]] || words+=("$word")
done <<<"$INPUT_ARGUMENTS"
[[ "$INPUT_COMMAND" != audit ]] || words+=(-- "$INPUT_SNAPSHOT")

code=0
okta-auditor "${words[@]}" || code=$?

{
  echo "exit-code=$code"
  [[ ! -f "$sarif" ]] || echo "sarif=$sarif"
  [[ ! -f "$html" ]] || echo "html=$html"
  [[ ! -f "$markdown" ]] || echo "markdown=$markdown"
} >>"$GITHUB_OUTPUT"
if [[ -f "$markdown" ]]; then
  cat -- "$markdown" >>"$GITHUB_STEP_SUMMARY"
else
  echo "okta-auditor ended with $code before there was a result; the log says why." >>"$GITHUB_STEP_SUMMARY"
fi
exit "$code"
