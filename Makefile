# `make` prints this help. The two commands that matter: `make up` and `make test`. They set everything up themselves.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:

PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
# Compiled byte-code is what makes the second start fast, whatever the caller's environment says.
unexport PYTHONDONTWRITEBYTECODE
export PYTHONPATH := $(CURDIR)

.PHONY: help up preview order status logs down reset test engine chaos drill fuzz check policy mutation policies-page format audit image picture sun schemas openapi client lock
help: ## print this help
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

up: $(VENV)/local.stamp ## bring a region up here and follow the first order to its mail: make up [REGIONS=eu,apac]
	@$(BIN)/python -m local up

preview: $(VENV)/local.stamp ## show what `make up` would change in the region that is up
	@$(BIN)/python -m local preview

order: $(VENV)/local.stamp ## order once more: make order [AMOUNT=3] [CUSTOMER=siam]
	@$(BIN)/python -m local order $(if $(AMOUNT),--amount $(AMOUNT)) $(if $(CUSTOMER),--customer $(CUSTOMER))

status: $(VENV)/local.stamp ## show processes, addresses, queues and orders
	@$(BIN)/python -m local status

logs: $(VENV)/local.stamp ## show logs: make logs [NAME=order-0] [FOLLOW=1]
	@$(BIN)/python -m local logs $(NAME) $(if $(FOLLOW),--follow)

down: $(VENV)/local.stamp ## stop everything; the state stays
	@$(BIN)/python -m local down

reset: $(VENV)/local.stamp ## stop everything and forget the state
	@$(BIN)/python -m local reset

# Three workers on two cores: the tests of a whole platform mostly wait.
test: $(VENV)/dev.stamp ## run every test, with coverage
	@$(BIN)/pytest -n 3 --no-loadscope-reorder --cov --cov-report=term:skip-covered

engine: ## build the Pulumi engine that tests/engine runs; needs Go, and some minutes the first time
	@tools/engine/build

chaos: $(VENV)/dev.stamp ## kill, cut and repeat everything, over an hour: make chaos [ORDERS=200] [ONLY=text]
	@$(BIN)/python -m tests.chaos.report $(if $(ORDERS),--orders $(ORDERS)) $(if $(ONLY),--only "$(ONLY)")

drill: $(VENV)/dev.stamp ## two regions under load, one of which dies: make drill [SWITCHES=50] [ONLY=kill-writer] [RATE=5] [DAY=1]
	@$(BIN)/python -m tests.drill $(if $(SWITCHES),--switches $(SWITCHES)) $(if $(ONLY),--only "$(ONLY)") \
		$(if $(RATE),--orders-per-second $(RATE)) $(if $(DAY),--day)

fuzz: $(VENV)/dev.stamp ## send 200,000 requests made from the OpenAPI document: make fuzz [REQUESTS=5000] [SEED=7]
	@$(BIN)/python -m tests.fuzz.api --requests $(or $(REQUESTS),200000) $(if $(SEED),--seed $(SEED))

check: $(VENV)/dev.stamp ## lint, types, import law, formatting
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports

# In CI the findings stand at the files of the pull request, too.
policy: $(VENV)/dev.stamp ## judge every stack and its rendered chart by the policies, without making anything
	@$(BIN)/python -m local.policy $(if $(GITHUB_ACTIONS),--annotate)

mutation: $(VENV)/dev.stamp ## break every property that a policy reads, and see which the policy notices: a minute or two
	@$(BIN)/python -m tests.mutation

policies-page: $(VENV)/dev.stamp ## write docs/policies.md anew from the rules
	@$(BIN)/python -m policies.page

audit: $(VENV)/dev.stamp ## ask checkov about manifests, image and workflows, and list what the image carries
	@tools/audit

image: $(VENV)/dev.stamp ## build the container image on a stand-in base, start it and ask it: as root, minutes
	@$(BIN)/pytest -m image tests/image

format: $(VENV)/dev.stamp ## format the code
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

picture: $(VENV)/dev.stamp ## draw docs/img/system.svg anew from the model
	@$(BIN)/python -m local.picture

sun: $(VENV)/dev.stamp ## draw a day of the writer: make sun [DAY=2026-03-29] [REGIONS=eu,apac,us]
	@$(BIN)/python -m local.sun $(if $(DAY),--day "$(DAY)") $(if $(REGIONS),--regions "$(REGIONS)")

schemas: $(VENV)/dev.stamp ## write the payloads' JSON Schemas anew from the models
	@$(BIN)/python -m services.manifests

openapi: $(VENV)/dev.stamp ## write the API's OpenAPI document anew from the services
	@$(BIN)/python -m services.portal.generate

client: $(VENV)/dev.stamp ## generate the typed Python client into build/
	@PATH=$(CURDIR)/$(BIN):$$PATH $(BIN)/openapi-python-client generate --path services/portal/openapi.json \
		--config tools/client.yaml --meta setup --output-path build/cloud-sales-client --overwrite

lock: $(VENV)/bootstrap.stamp ## pin requirements/*.in anew, with hashes
	@tools/lock

$(VENV)/bootstrap.stamp: requirements/bootstrap.txt
	@tools/install bootstrap

$(VENV)/local.stamp: requirements/local.txt $(VENV)/bootstrap.stamp
	@tools/install local

$(VENV)/dev.stamp: requirements/dev.txt $(VENV)/local.stamp
	@tools/install dev
