# Everything runs in .venv, which is made anew when what it is made of changes.

PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
READY := .venv/.ready

# Says "up to date" where the lock file and the sources of the page are those it was built from.
GRAPHIQL := $(BIN)/python -m gateway.graphiql.build
WITHOUT := echo "GraphiQL: not built, see above; a plain page stands in for it at /graphql"

.PHONY: demo assets test proof bench growth check clean

demo: $(READY)
	@$(GRAPHIQL) || $(WITHOUT)
	$(BIN)/crossdock demo --port $(PORT)

assets: $(READY)
	$(GRAPHIQL)

test: $(READY)
	@$(GRAPHIQL) || $(WITHOUT)
	$(BIN)/python -m pytest -m alone
	$(BIN)/python -m pytest -m "not alone" --numprocesses auto --maxprocesses 4 --dist loadfile

proof: $(READY)
	$(BIN)/python -m tests.proof --operations 3000 --seed 1 2 3
	$(BIN)/python -m tests.proof.memory

# QUICK=1: under 3 minutes, and docs/ stays as it is.
bench: $(READY)
	$(BIN)/python -m tests.bench $(if $(QUICK),--quick) $(if $(AGAINST),--against $(AGAINST))

growth: $(READY)
	$(BIN)/python -m tests.bench.growth

check: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/crossdock schema --declared | diff -u schema.graphql -

clean:
	rm -rf .venv .demo build gateway/graphiql/dist gateway/graphiql/node_modules *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[test]'
	touch $@
