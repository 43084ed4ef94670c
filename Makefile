# Everything that is done to Rollcall by hand or by CI. `make` alone lists it.
#
# Nothing has to run or be set up beforehand: the tests and the demonstration start their own
# servers, as root or as an ordinary user.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
# One build at a time: two would only wait for each other's lock on target/.
.NOTPARALLEL:

# Says what begins, runs it, and prints the seconds it took.
PHASE := @tests/tools/phase
# In CI a Cargo.lock that does not fit is an error, not something to mend on the way.
LOCKED := $(if $(CI),--locked)
# A clone may belong to another user than the one who checks it.
GIT := git -c safe.directory='*'

# What `make update` writes. Committed, so that a change shows in its diff what it does to them.
GENERATED := openapi/openapi.json openapi/operations.txt tests/authz.txt \
	':(glob)domain/policies/*/book.md' \
	':(glob)**/*.snap' ':(glob)**/*.snap.new'

.PHONY: help
help: ## List what there is to make
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

## Using it

.PHONY: run
run: build-needs ## Start the demonstration: a server, a database, made-up schools (ARGS="..." goes on to it)
	@cargo run --package api -- demo $(ARGS)

## Checking it

.PHONY: ci
ci: check test ## All that has to pass before a change lands

.PHONY: check
check: build-needs format lint docs generated ## Everything but the tests

.PHONY: format
format: ## The formatter has nothing to change
	$(PHASE) format cargo fmt --all --check

.PHONY: lint
lint: ## The compiler and clippy have nothing to say, of the build that is deployed too
	$(PHASE) lint cargo clippy $(LOCKED) --workspace --all-targets -- -D warnings
	$(PHASE) lint cargo clippy $(LOCKED) --package api --no-default-features -- -D warnings

# The documentation is for readers of the code, so private items are in it.
RUSTDOCFLAGS := -D warnings -A rustdoc::private-intra-doc-links
.PHONY: docs
docs: ## The documentation builds without a warning
	$(PHASE) docs env RUSTDOCFLAGS='$(RUSTDOCFLAGS)' \
		cargo doc $(LOCKED) --workspace --no-deps --document-private-items --quiet

.PHONY: generated
generated: ## What is generated is committed as the code generates it
	$(PHASE) generated $(MAKE) --no-print-directory update unchanged

.PHONY: unchanged
unchanged:
	@$(GIT) diff --exit-code --stat -- $(GENERATED) || \
		{ echo 'The files above are out of date: commit what `make update` writes.'; exit 1; }
	@new=$$($(GIT) ls-files --others --exclude-standard -- $(GENERATED)); [ -z "$$new" ] || \
		{ printf '%s\n' "$$new" 'The files above are generated but not committed.'; exit 1; }

.PHONY: test
test: needs ## All tests, on a Postgres and a Redis of their own (ARGS="..." goes on to cargo test)
	$(PHASE) test cargo test $(LOCKED) --workspace $(ARGS)

# What people would count with instead: installed for the bench alone, and left out where there is no Python.
PEERS := $(CURDIR)/target/peers
.PHONY: peers
peers: analytics/benches/peers.txt
	@[ -x $(PEERS)/bin/python ] || ! command -v python3 >/dev/null || \
		{ python3 -m venv $(PEERS) && $(PEERS)/bin/pip install --quiet --requirement $<; }

.PHONY: bench
bench: needs peers ## Measure the counting, beside other engines too, the day's list, an import of a trust's year, a busy neighbour, and the half-termly review
	@cargo bench --package analytics --bench trend $(ARGS)
	@ROLLCALL_PEERS=$(PEERS)/bin/python cargo bench --package analytics --bench peers
	@cargo bench --package tests --bench contacts
	@cargo bench --package tests --bench imports
	@cargo bench --package tests --bench neighbours
	@cargo bench --package tests --bench reviews

## Changing it

.PHONY: update
update: needs ## Write all generated files anew
	@# The whole workspace, as the tests are: with fewer packages cargo would choose other features and build all again.
	@ROLLCALL_UPDATE=1 cargo test $(LOCKED) --quiet --workspace --test policies book
	@ROLLCALL_UPDATE=1 INSTA_UPDATE=always cargo test $(LOCKED) --quiet --workspace --test it -- \
		authz the_committed_files_are_what_the_program_generates

.PHONY: migration
migration: ## Begin a migration: make migration NAME=register_reasons
	@[[ '$(NAME)' =~ ^[a-z][a-z0-9_]+$$ ]] || \
		{ echo 'Say what it does, in small letters: make migration NAME=register_reasons'; exit 1; }
	@# Diesel orders by what stands before the first _, and wants it to be unique.
	@folder="migrations/$$(date -u +%Y-%m-%d-%H%M%S)_$(NAME)"; mkdir -p "$$folder"; \
		echo '-- What this changes, and why.' > "$$folder/up.sql"; \
		echo '-- Takes back exactly what up.sql does.' > "$$folder/down.sql"; \
		ls "$$folder"/*.sql

# What building needs, and what the tests need beyond it: looked for, and got where that is possible.
.PHONY: build-needs needs
build-needs:
	@tests/tools/needs build
needs: build-needs
	@tests/tools/needs redis
	@tests/tools/needs git
	@tests/tools/needs openssl
	@tests/tools/needs python3
	@tests/tools/needs provider

.PHONY: provider
provider: ## Get the OpenID provider that one story signs in at, where there is Node
	@tests/tools/needs provider
