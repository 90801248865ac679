#!/usr/bin/env bash
# Installs okta-auditor into an environment of its own and puts it on the PATH of later steps.
set -euo pipefail

environment="$RUNNER_TEMP/okta-auditor"
python3 -m venv "$environment"
if [[ -n "$INPUT_REQUIREMENTS" ]]; then
  what=(--require-hashes --requirement "$INPUT_REQUIREMENTS")
else
  what=(-- "$INPUT_PACKAGE")
fi
"$environment/bin/python" -m pip --quiet --disable-pip-version-check install "${what[@]}"

# Only the program, not the environment's python, comes before what the job uses otherwise.
mkdir -p "$environment/path"
ln -sf ../bin/okta-auditor "$environment/path/okta-auditor"
echo "$environment/path" >>"$GITHUB_PATH"
