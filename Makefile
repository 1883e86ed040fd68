# Every task a person runs twice. `make` alone lists them; `make check` is what has to pass before a commit.

CARGO ?= cargo
# What `make run` loads: a scenario by name or by path.
SCENARIO ?= forum
# Questions of the large forum of `make bench-server`; 0 leaves it out.
LARGE ?= 0
# What `make fuzz` tries for each target.
RUNS ?= 1000000

.PHONY: help
help: ## list the targets
	@sed -n 's/^\([a-z][a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

.PHONY: check
check: fmt lint test doc ## all that has to pass before a commit, what fails fastest first

.PHONY: fmt
fmt: ## is everything formatted? (`cargo fmt` formats it)
	$(CARGO) fmt --all --check

.PHONY: lint
lint: ## no warning of the compiler or of clippy
	$(CARGO) clippy --workspace --all-targets --locked -- -D warnings

.PHONY: test
test: ## all tests; those with PostgreSQL where it is installed
	$(CARGO) test --workspace --locked
	$(CARGO) test -p reference-server --features opentelemetry,s3 --locked --test traces --test pictures_in_s3

.PHONY: doc
doc: ## the documentation of the code, private items too, without a broken link
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --workspace --no-deps --document-private-items --locked

.PHONY: deps
deps: ## licences, banned crates and sources of what is linked in (needs cargo-deny)
	$(CARGO) deny --locked check bans licenses sources

.PHONY: run
run: ## estimate a scenario and hold it against the reference server: make run SCENARIO=forum
	$(CARGO) run --release --locked -p loadgen -- run $(SCENARIO)

.PHONY: fuzz
fuzz: ## look for text that makes the readers panic or hang: make fuzz RUNS=1000000 (needs a C++ compiler)
	scenarios/fuzz/run $(RUNS)

.PHONY: bench
bench: ## our generator beside wrk, h2load and ab: cost, punctuality, memory (12 minutes; needs two cores)
	bench/peers.sh

.PHONY: bench-server
bench-server: ## the forum beside the least that returns the same bytes, durable writes, a large forum: make bench-server LARGE=1000000
	LARGE=$(LARGE) bench/server.sh
