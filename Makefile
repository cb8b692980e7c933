# Every task of the house. Each target is one script in scripts/, so that it can be read and run by itself.

.DEFAULT_GOAL := help
.PHONY: help run test test-cluster test-services test-long check contract fmt walls bench fuzz scan

help: ## Says what there is.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## Installs what is missing, builds, and starts Sortie on this machine.
	@scripts/run

test: ## Installs what is missing, and runs every check and every test.
	@scripts/test

test-cluster: ## Runs the tests that need Kubernetes: against KUBECONFIG, else against a cluster that it starts and ends.
	@scripts/test-cluster

test-services: ## Runs the long trial of services: CHANGES (200) targets on real engines that are killed in between.
	@scripts/test-services

test-long: ## Runs the long trials of data and servers: sudden deaths, a lost server, damage, backups under writes.
	@scripts/test-long

check: ## The quick checks: format, walls, clippy, types. Installs nothing.
	@scripts/check

contract: ## Makes the description of the interface and the web app's types anew, after a change of it.
	@scripts/contract

fmt: ## Formats the Rust sources.
	@cargo fmt --all

walls: ## Checks which crate may depend on what.
	@scripts/walls

bench: ## Builds for release, measures, and prints one table per scenario.
	@scripts/bench

fuzz: ## Fuzzes the parsers; FUZZ_SECONDS (60) for each target.
	@scripts/fuzz

scan: ## Checks dependencies for advisories, licences, sources and walls.
	@scripts/scan
