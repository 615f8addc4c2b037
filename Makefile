# make run    sets up what is missing and opens Losscape (without a display it draws losscape.png)
# make test   sets up what is missing, builds once and runs every test
# make check  guards the repository: format, lints of all four builds, what may not creep in
# make test-python   tests the package in python/ with numpy alone, and against the program if it is built
# make test-cluster  tests it with JAX, and with Ray and Dask on two workers of this machine
# make test-torch    tests it with PyTorch, where `python3` has one
# make bench  measures: each figure with its ratio to the plain reference in the same run
# make dist   packs the stripped program with licences, icon and desktop entry: dist/losscape-*.tar.xz
#
# On systems other than Debian and Ubuntu these call cargo and install nothing.

export PATH := $(HOME)/.cargo/bin:$(PATH)
CARGO ?= cargo
display := $(DISPLAY)$(WAYLAND_DISPLAY)
system := $(shell uname -s)
program := $(abspath $(or $(CARGO_TARGET_DIR),target))/release/losscape

.PHONY: help run test check test-python test-cluster test-torch bench dist test-dist

help:
	@sed -n 's/^# \{0,1\}//p' Makefile | sed '/^$$/q'

run:
	@tools/setup.sh run
ifeq ($(system)$(display),Linux)
	@echo "No display: drawing the default experiment to losscape.png instead of opening a window."
	$(CARGO) run --release -- record xor-model3 -o losscape.png --force
else
	$(CARGO) run --release
endif

# One build, the one that `make run` uses too; pictures are drawn with software Vulkan.
test:
	@tools/setup.sh test
	tools/with-software-vulkan.sh $(CARGO) test --release

# Lints see all four builds: the whole program, that of a cluster node, what a browser needs, the core alone. The tests
# run as on a cluster node too. With the tests the dependencies' features are the same in all: nothing is built twice.
# Neither sound nor gamepads may creep in: they need system libraries to build.
check:
	@tools/setup.sh test
	$(CARGO) fmt --check
	! $(CARGO) tree -i alsa-sys 2>/dev/null
	! $(CARGO) tree -i libudev-sys 2>/dev/null
	$(CARGO) clippy --release --all-targets -- -D warnings
	$(CARGO) clippy --release --all-targets --no-default-features --features desktop -- -D warnings
	$(CARGO) clippy --release --all-targets --no-default-features --features viewer -- -D warnings
	$(CARGO) clippy --release --all-targets --no-default-features -- -D warnings
	tools/with-software-vulkan.sh $(CARGO) test --release --no-default-features --features desktop

# Python's packages come into environments of their own, outside the checkout.
test-python:
	@tools/setup.sh test
	python=$$(tools/venv.sh numpy numpy) && cd python && $(if $(wildcard $(program)),LOSSCAPE=$(program)) $$python \
		-W error::ResourceWarning -m unittest tests.test_recording tests.test_recorder tests.test_plan tests.test_server \
		tests.test_losscape

test-cluster:
	@tools/setup.sh test
	python=$$(tools/venv.sh cluster numpy ray==2.60.0 distributed==2026.8.0 jax==0.10.2) && cd python && $$python \
		-m unittest tests.test_cluster tests.test_jax

test-torch:
	cd python && python3 -m unittest -v tests.test_torch

bench:
	@tools/setup.sh run
	tools/with-software-vulkan.sh $(CARGO) bench

dist:
	@tools/setup.sh dist
	tools/dist.sh

# Unpacks it into a bare Debian, draws a picture there and opens a window. Needs root.
test-dist: dist
	@tools/setup.sh test-dist
	tools/test-dist.sh
