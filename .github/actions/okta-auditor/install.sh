#!/usr/bin/env bash
# Installs okta-auditor into an environment of its own and puts it on the PATH of later steps.
# Without an input it is the version that this action came with: its own checkout, with what that
# needs pinned by digest.
set -euo pipefail

environment="$RUNNER_TEMP/okta-auditor"
python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
  echo "::error::okta-auditor needs Python 3.11 or newer; use actions/setup-python before this action."
  exit 2
}
python3 -m venv "$environment"
install() { "$environment/bin/python" -m pip --quiet --disable-pip-version-check install "$@"; }

if [[ -n "$INPUT_REQUIREMENTS" ]]; then
  install --require-hashes --requirement "$INPUT_REQUIREMENTS"
elif [[ -n "$INPUT_PACKAGE" ]]; then
  install -- "$INPUT_PACKAGE"
else
  own="$GITHUB_ACTION_PATH/../../.."
  install --require-hashes --requirement "$own/requirements/build.txt"
  install --require-hashes --requirement "$own/requirements/runtime.txt"
  # From a copy: a build leaves things behind, and the checkout may be the job's own.
  copy="$RUNNER_TEMP/okta-auditor-source"
  rm -rf -- "$copy"
  mkdir "$copy"
  cp -R -- "$own"/{pyproject.toml,MANIFEST.in,README.md,LICENSE,auditor,rules,reports} "$copy"
  install --no-build-isolation --no-deps "$copy"
  rm -rf -- "$copy"
fi

# Only the program, not the environment's python, comes before what the job uses otherwise.
mkdir -p "$environment/path"
ln -sf ../bin/okta-auditor "$environment/path/okta-auditor"
echo "$environment/path" >>"$GITHUB_PATH"
