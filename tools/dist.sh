#!/bin/sh
# Packs the program for people without Rust: dist/losscape-VERSION-TARGET.tar.xz (Linux, macOS) or .zip (Windows)
# with the stripped program, README, licences (ours and those of everything linked in), and on Linux a
# desktop entry and an icon.
#
#     tools/dist.sh
set -eu
cd "$(dirname "$0")/.."

# Collects the licence texts; of the version that about.toml was written for.
about_version=0.9.3

version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
target=$(rustc -vV | sed -n 's/^host: //p')
name="losscape-$version-$target"
built="${CARGO_TARGET_DIR:-target}/release"
tools="${XDG_CACHE_HOME:-$HOME/.cache}/losscape/tools"
PATH="$tools/bin:$PATH"

has_about() {
    cargo about --version 2>/dev/null | grep -q "$about_version"
}

has_about || cargo install --quiet --locked --root "$tools" --version "$about_version" --features cli cargo-about
cargo build --release --locked

mkdir -p dist
packed=$(mktemp -d "dist/.$name.XXXXXX")
trap 'rm -rf "$packed"' EXIT
mkdir "$packed/$name"
into="$packed/$name"

cp README.md CHANGELOG.md LICENSE-MIT LICENSE-APACHE "$into/"
cp assets/datasets/README.md "$into/DATA.md"
# The texts lie in the crates' own sources. Its metadata want those of all systems, the list has those of this one.
cargo fetch --locked
cargo about generate --offline --locked --fail --target "$target" about.hbs -o "$into/THIRD-PARTY-LICENSES.html"

case "$target" in
    *-windows-*)
        cp "$built/losscape.exe" "$into/"
        (cd "$packed" && 7z a -bd -y "$name.zip" "$name" >/dev/null)
        mv "$packed/$name.zip" "dist/$name.zip"
        echo "dist/$name.zip"
        exit 0
        ;;
    *-linux-*)
        mkdir -p "$into/share/applications" "$into/share/icons/hicolor/scalable/apps"
        desktop-file-validate assets/desktop/losscape.desktop
        cp assets/desktop/losscape.desktop "$into/share/applications/"
        cp assets/desktop/losscape.svg "$into/share/icons/hicolor/scalable/apps/"
        ;;
esac
cp "$built/losscape" "$into/"
strip "$into/losscape"
tar -C "$packed" -cJf "$packed/$name.tar.xz" "$name"
mv "$packed/$name.tar.xz" "dist/$name.tar.xz"
echo "dist/$name.tar.xz"
