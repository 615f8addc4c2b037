#!/bin/sh
# Installs what is missing to build, run or test Losscape on Debian or Ubuntu.
#
#     tools/setup.sh run          what building and drawing need
#     tools/setup.sh test         that, and what the tests need beside it
#     tools/setup.sh dist         that of run, and what packing needs
#     tools/setup.sh test-dist    that, and what unpacking into a bare Debian needs
#
# Nothing is asked of the network where nothing is missing. Where this user may not install, the exact
# command is printed instead. On other systems it only looks for the Rust toolchain.
set -eu

# Rust's version in Cargo.toml; Debian's own package is older.
least_rust=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' "$(dirname "$0")/../Cargo.toml")

# Linking needs a C compiler; the encoder of films one for C++, and nasm, with which it is three times as
# fast; drawing a Vulkan loader with a driver (Mesa's also draws without a graphics card); a window the
# libraries of X11 and Wayland, which are loaded when it opens.
packages="gcc g++ libc6-dev nasm ca-certificates libvulkan1 mesa-vulkan-drivers libx11-6 libx11-xcb1 libxcursor1
    libxi6 libxrandr2 libxkbcommon0 libxkbcommon-x11-0 libwayland-client0"
packing="xz-utils desktop-file-utils"
case ${1:-run} in
    test) packages="$packages xvfb xdotool ffmpeg python3 python3-numpy python3-venv" ;;
    dist) packages="$packages $packing" ;;
    test-dist) packages="$packages $packing debootstrap" ;;
esac

is_installed() {
    dpkg-query -W -f '${Status}\n' "$1" 2>/dev/null | grep -q '^install ok installed$'
}

install_packages() {
    command -v dpkg-query >/dev/null && command -v apt-get >/dev/null || return 0
    missing=""
    for package in $packages; do
        is_installed "$package" || missing="$missing $package"
    done
    [ -n "$missing" ] || return 0
    if [ "$(id -u)" = 0 ]; then
        as_root=""
    elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
        as_root="sudo"
    else
        echo "setup: packages are missing and may not be installed from here; please run:" >&2
        echo "    sudo apt-get update && sudo apt-get install -y --no-install-recommends$missing" >&2
        exit 1
    fi
    echo "setup: installing$missing"
    $as_root apt-get update -qq
    # shellcheck disable=SC2086  # a list of names
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing
}

has_rust() {
    PATH="$HOME/.cargo/bin:$PATH"
    found=$(rustc --version 2>/dev/null | sed -n 's/^rustc \([0-9.]*\).*/\1/p')
    [ -n "$found" ] && command -v cargo >/dev/null &&
        [ "$(printf '%s\n%s\n' "$least_rust" "$found" | sort -V | head -n 1)" = "$least_rust" ]
}

install_rust() {
    has_rust && return 0
    installer="https://sh.rustup.rs"
    if command -v curl >/dev/null && script=$(curl --proto '=https' --tlsv1.2 -sSf "$installer"); then
        echo "setup: installing Rust with rustup"
        printf '%s\n' "$script" | sh -s -- -y --profile minimal --component clippy --component rustfmt
        has_rust && return 0
    fi
    echo "setup: Rust $least_rust or newer is needed; please run:" >&2
    echo "    curl --proto '=https' --tlsv1.2 -sSf $installer | sh" >&2
    exit 1
}

install_packages
install_rust
