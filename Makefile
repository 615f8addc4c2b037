# make run    sets up what is missing and opens Losscape (without a display it draws losscape.png)
# make test   sets up what is missing and checks everything
# make bench  measures: each figure with its ratio to the plain reference in the same run
#
# On systems other than Debian and Ubuntu these call cargo and install nothing.

export PATH := $(HOME)/.cargo/bin:$(PATH)
CARGO ?= cargo
display := $(DISPLAY)$(WAYLAND_DISPLAY)
system := $(shell uname -s)

.PHONY: help run test bench

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

# Lints see the code as built with and without the viewer; the tests run both ways and draw with
# software Vulkan. Neither sound nor gamepads may creep in: they need system libraries to build.
test:
	@tools/setup.sh test
	$(CARGO) fmt --check
	! $(CARGO) tree -i alsa-sys 2>/dev/null
	! $(CARGO) tree -i libudev-sys 2>/dev/null
	$(CARGO) clippy --release --all-targets -- -D warnings
	$(CARGO) clippy --release --all-targets --no-default-features -- -D warnings
	tools/with-software-vulkan.sh $(CARGO) test --release --no-default-features
	tools/with-software-vulkan.sh $(CARGO) test --release

bench:
	@tools/setup.sh run
	tools/with-software-vulkan.sh $(CARGO) bench
