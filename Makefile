# Everything here works on a machine with nothing but Python 3.9 or newer, git and make: uv is found or installed into
# .local/tools, and Python 3.13 is found, also one that only pyenv knows, or fetched by uv.
SHELL := /bin/bash
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
# What Python compiles is kept, also where the machine says otherwise: each worker of a test run would compile it anew.
unexport PYTHONDONTWRITEBYTECODE

UV_VERSION := 0.13.9
TOOLS := $(CURDIR)/.local/tools
export UV := $(or $(shell command -v uv),$(TOOLS)/bin/uv)
# The first that runs and is 3.13: a pyenv shim may be there and run nothing.
export UV_PYTHON := $(or $(shell for python in "$$UV_PYTHON" python3.13 \
	"$${PYENV_ROOT:-$$HOME/.pyenv}"/versions/3.13*/bin/python3.13; do \
	"$$python" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 13))' 2>/dev/null && \
	"$$python" -c 'import sys; print(sys.executable)' && break; done),3.13)

INSTALLED := .venv/.installed
PYTHON := .venv/bin/python
STACK := $(PYTHON) -m infra.local.stack
PYTEST := .venv/bin/pytest --numprocesses auto
SAM = PATH="$(dir $(UV)):$$PATH" SAM_CLI_TELEMETRY=0 "$$($(PYTHON) -m infra.local.tools sam)/sam"

STAGE ?= dev
ARCHITECTURE ?= arm64

.PHONY: help up down reset status demo check style types template audit test bench mutants chaos replay soak fix build deploy doctor

help: ## Say what there is
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

up: $(INSTALLED) ## Run the product on a local AWS and show a working day
	@$(STACK) up
	@$(PYTHON) -m infra.local.demo $(if $(filter 1 true yes,$(EXECUTE)),--execute)

down: $(INSTALLED) ## Stop it; the next up goes on where it was
	@$(STACK) down

reset: $(INSTALLED) ## Stop it and forget everything it held
	@$(STACK) reset

status: $(INSTALLED) ## Say what runs where
	@$(STACK) status

demo: $(INSTALLED) ## Show the working day of the running stack again
	@$(PYTHON) -m infra.local.demo

check: $(INSTALLED) ## All that CI checks
	@$(MAKE) --no-print-directory -j 2 style types template audit
	$(PYTEST)

style: $(INSTALLED)
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/lint-imports

types: $(INSTALLED)
	.venv/bin/mypy

template: $(INSTALLED)
	.venv/bin/cfn-lint template.yaml
	$(SAM) validate --lint --region us-east-1
	@$(PYTHON) -m infra.lint

audit: $(INSTALLED)
	@$(PYTHON) -m infra.audit

test: $(INSTALLED) ## All tests, on a stack of their own, which they start (ONLY=fast: the quick ones that need none)
	@$(PYTEST) $(if $(filter fast,$(ONLY)),-m "not stack and not thorough")

bench: $(INSTALLED) ## Measure the front door, imports, the API, model calls, what judging reads and catching up asks for, and statistics
	@for bench in webhook api cold imports calls judgement index facts standups sync experiments autonomy flow; do $(PYTHON) -m tests.bench.$$bench || exit; done

mutants: $(INSTALLED) ## Count the small mistakes in the rules of trust that no test would notice
	@nice $(PYTHON) -m tests.mutants

chaos: $(INSTALLED) ## Break everything once, everywhere, and see whether the promises are kept
	@nice $(PYTHON) -m tests.chaos --guards
	@nice $(PYTHON) -m tests.chaos

replay: $(INSTALLED) ## Replay 20 made-up weeks (WEEKS=20) in every order, with losses, and see whether they end the same
	@nice $(PYTHON) -m tests.replay $(if $(WEEKS),--seeds $(WEEKS))

soak: $(INSTALLED) ## Load a stack of its own for 20 minutes (MINUTES=20) while vendors fail and workers are killed
	@nice $(PYTHON) -m tests.soak $(if $(MINUTES),--minutes $(MINUTES))

fix: $(INSTALLED) ## Put right what a tool can
	.venv/bin/ruff check --fix
	.venv/bin/ruff format

build: $(INSTALLED) ## Build for AWS (ARCHITECTURE=arm64)
	ARCHITECTURE=$(ARCHITECTURE) PYTHON=$(CURDIR)/$(PYTHON) $(SAM) build --config-env $(STAGE)

deploy: $(INSTALLED) ## Deploy to the AWS account of your credentials (STAGE=dev or prod, MAIL_FROM=its sender; CANARY=false: at once)
	@$(PYTHON) -m infra.deploy --stage $(STAGE) --architecture $(ARCHITECTURE) --mail-from "$(MAIL_FROM)" \
		--canary "$(CANARY)" --adopt "$(ADOPT)"

doctor: $(INSTALLED) ## Say what a deployed stack lacks (STAGE=dev, prod or local; MAIL_TO=who gets a mail)
	@.venv/bin/pm operator doctor $(if $(filter-out local,$(STAGE)),--stack pm-assistant-$(STAGE)) \
		$(if $(AWS_REGION),--region $(AWS_REGION)) $(if $(MAIL_TO),--mail-to $(MAIL_TO))

$(INSTALLED): pyproject.toml uv.lock | $(UV)
	@$(UV) sync -q --locked --compile-bytecode
	@$(PYTHON) -m pm_assistant.aws.models
	@touch $@

$(TOOLS)/bin/uv:
	@python3 -m venv $(TOOLS) || { echo "error: python3 cannot make virtual environments; on Debian: apt-get install python3-venv" >&2; exit 1; }
	@$(TOOLS)/bin/python -m pip install -q --disable-pip-version-check uv==$(UV_VERSION)
