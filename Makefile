# make demo    see what the checks say: of this node's cluster, or of recorded ones (FULL=--full: all of it)
# make test    everything that must hold
# make help    the other targets

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := --quiet --disable-pip-version-check
SOURCES := setup.cfg setup.py pyproject.toml nrpe/check_ha_collect nrpe/check_ha_record $(shell find check_ha -name '*.py')
VERSION := $(shell sed -n 's/^__version__ = "\(.*\)"/\1/p' check_ha/__init__.py)
# What a package is made from: no tests, and of the samples no recorded clusters
SHIPPED := check_ha generators nrpe $(filter-out samples/clusters samples/demo.py, $(wildcard samples/*)) \
           docs setup.cfg setup.py pyproject.toml README.md README.fr.md CHANGELOG.md LICENSE
TREE := build/check-ha-$(VERSION)
PREFIX := /opt/check_ha
# Where install-node puts links to what it has installed: below LOCAL, and into the folders of PLUGINS that exist
LOCAL := /usr/local
PLUGINS := /usr/lib/nagios/plugins /usr/lib64/nagios/plugins
SETUP :=
# A folder of wheels to install from, without Internet ("make wheels")
WHEELS :=
FROM := $(if $(WHEELS),--no-index --find-links $(WHEELS) --force-reinstall check_ha,.)
FULL :=
# Many of the fast tests wait for something. The slow ones share what takes long to start, within one process.
FAST := -m "not cost and not cluster and not packages and not matrix" -n 4 --dist worksteal
SIDE_BY_SIDE := -n 3 --dist loadfile --no-loadscope-reorder
SLOW := tests/packaging tests/live tests/integration -m "cluster or packages or matrix" $(SIDE_BY_SIDE)
# What failed, one after the other: a machine that is too busy fails a test that waits. Both tries are printed.
ONCE_MORE := -n 0 --last-failed --last-failed-no-failures none
# With what Python has compiled, also for whoever told it to leave nothing of that beside the sources.
PYTEST := env -u PYTHONDONTWRITEBYTECODE PYTHONPYCACHEPREFIX=$(CURDIR)/build/compiled $(BIN)/pytest

.PHONY: help demo test lint types fast cost cluster matrix bench docs expected lab man wheels source deb rpm install-node uninstall-node \
        python clean

help:
	@echo "make demo      run the checks on this node's cluster, or on the recorded ones"
	@echo "make test      lint, types, all tests with branch coverage"
	@echo "make fast      the tests that need neither a cluster nor more Debian packages"
	@echo "make cost      the tests of what a check costs, which run alone"
	@echo "make cluster   the tests on a real cluster in namespaces (root)"
	@echo "make matrix    every Python on this machine with the oldest and the newest libraries"
	@echo "make bench     what a check costs, and check_ha beside it"
	@echo "make docs      write anew all that is made from the code: README, docs, nrpe, samples, the commands in setup.cfg"
	@echo "make expected  write the expected output of all checks on all recordings anew (ONLY=\"vip samples/cli-ban\")"
	@echo "make lab       a shell in a running cluster (root)"
	@echo "make deb       a Debian package, in build/"
	@echo "make rpm       an RPM package, in build/"
	@echo "make man       the man pages and the completion for bash, in build/"
	@echo "make wheels    what an installation without Internet needs, in build/wheels"
	@echo "make install-node    the commands into $(PREFIX), and what NRPE needs (asks first; SETUP=--help)"
	@echo "make uninstall-node  undo that"

# Is there a Python that will do?
python:
	@command -v $(PYTHON) >/dev/null || { echo "there is no $(PYTHON): install Python 3.9 or newer"; exit 1; }
	@$(PYTHON) .packaging/usable.py $(FOR)

# Not an editable install: that would cost every run of a check an import hook and, without bytecode, a compilation.
$(VENV)/installed: $(SOURCES) | python
	[ -x $(BIN)/python ] || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install $(PIP) .
	@touch $@

$(VENV)/tested: $(VENV)/installed
	$(BIN)/pip install $(PIP) ".[test]"
	@touch $@

demo: $(VENV)/installed
	@$(BIN)/python samples/demo.py $(FULL)

test: lint types cost
	$(PYTEST) $(FAST) --cov --cov-report=term || $(PYTEST) $(FAST) $(ONCE_MORE)
	$(PYTEST) $(SLOW) || $(PYTEST) $(SLOW) $(ONCE_MORE)

lint: $(VENV)/tested
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/tested
	$(BIN)/mypy

fast: $(VENV)/tested
	$(PYTEST) $(FAST)

cost: $(VENV)/tested
	$(PYTEST) -m cost || $(PYTEST) -m cost $(ONCE_MORE)

cluster: $(VENV)/tested
	$(PYTEST) -m cluster $(SIDE_BY_SIDE)

matrix: $(VENV)/tested
	$(PYTEST) -m matrix

bench: $(VENV)/tested
	$(BIN)/python -m tests.bench

docs: $(VENV)/installed
	$(BIN)/python -m generators

expected: $(VENV)/tested
	$(BIN)/python -m tests.replay $(ONLY)

lab: $(VENV)/tested
	$(BIN)/python -m tests.lab shell

man: $(VENV)/installed
	$(BIN)/python -m generators --man build/man --completion build/completion

# A clean tree, so that nothing that lies about here gets into a package
source:
	rm -rf $(TREE)
	mkdir -p $(TREE)/samples
	cp -r $(filter-out samples/%, $(SHIPPED)) $(TREE)
	cp -r $(filter samples/%, $(SHIPPED)) $(TREE)/samples
	find $(TREE) -name __pycache__ -prune -exec rm -rf {} +

deb: source
	cp -r .packaging/deb $(TREE)/debian
	@.packaging/lacks deb $(TREE)
	cd $(TREE) && PATH=/usr/sbin:/usr/bin:/sbin:/bin dpkg-buildpackage --build=binary --unsigned-changes --unsigned-source
	@ls build/check-ha_*.deb

rpm: source
	@.packaging/lacks rpm
	tar --create --gzip --file $(TREE).tar.gz --directory build --owner 0 --group 0 check-ha-$(VERSION)
	rpmbuild -bb --define "_topdir $(CURDIR)/build/rpm" --define "_sourcedir $(CURDIR)/build" \
		$(RPMBUILD) .packaging/rpm/check-ha.spec || \
		{ echo "to install what it lacks: dnf builddep .packaging/rpm/check-ha.spec"; exit 1; }
	@find build/rpm/RPMS -name '*.rpm'

# lxml is made for one version of Python and one architecture: those of the machine on which this runs
wheels: $(VENV)/installed
	rm -rf build/wheels
	$(BIN)/pip wheel $(PIP) --wheel-dir build/wheels .
	@ls build/wheels

install-node: FOR := $(PREFIX)
install-node: python
	umask 022; [ -x $(PREFIX)/bin/pip ] || $(PYTHON) -m venv $(PREFIX)
	umask 022; $(PREFIX)/bin/pip install $(PIP) $(FROM)
	umask 022; .packaging/links add $(PREFIX) $(LOCAL) $(PLUGINS)
	$(PREFIX)/bin/check_ha_setup $(SETUP)

# The pyvenv.cfg says that this folder is what install-node has made, even if it failed then
uninstall-node:
	@[ ! -e $(PREFIX) ] || [ -e $(PREFIX)/pyvenv.cfg ] || \
		{ echo "$(PREFIX) was not made by install-node, and stays"; exit 1; }
	[ ! -x $(PREFIX)/bin/check_ha_setup ] || $(PREFIX)/bin/check_ha_setup --remove $(SETUP)
	.packaging/links remove $(PREFIX) $(LOCAL) $(PLUGINS)
	rm -rf $(PREFIX)

clean:
	rm -rf $(VENV) build dist *.egg-info .coverage* .mypy_cache .ruff_cache .pytest_cache .hypothesis
