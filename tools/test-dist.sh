#!/bin/sh
# Unpacks what `make dist` packed into a bare Debian without Rust, draws a picture there and opens a
# window on a virtual display. Needs root, debootstrap and Debian's package archive.
#
#     tools/test-dist.sh [FOLDER]     the folder of the Debian, kept for the next time (default: a cache)
set -eu
cd "$(dirname "$0")/.."
version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
archive=dist/losscape-$version-$(rustc -vV | sed -n 's/^host: //p').tar.xz
root=${1:-${XDG_CACHE_HOME:-$HOME/.cache}/losscape/debian}

# What README asks of a machine with a window, and a display to open it on; no compiler, no Rust.
packages="libvulkan1 mesa-vulkan-drivers libx11-6 libx11-xcb1 libxcursor1 libxi6 libxrandr2 libxkbcommon0
    libxkbcommon-x11-0 xvfb xdotool xz-utils"
if [ ! -e "$root/.whole" ]; then
    debootstrap --variant=minbase bookworm "$root"
    # shellcheck disable=SC2086  # a list of names
    chroot "$root" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $packages
    touch "$root/.whole"
fi
mountpoint -q "$root/proc" || mount -t proc proc "$root/proc"
trap 'umount "$root/proc"' EXIT

rm -rf "$root/opt/losscape"
mkdir -p "$root/opt/losscape"
tar -C "$root/opt/losscape" --strip-components=1 -xJf "$archive"
cat > "$root/opt/try.sh" <<'TRY'
set -eu
cd /opt/losscape
! command -v cargo
ls losscape README.md LICENSE-MIT THIRD-PARTY-LICENSES.html share/applications/losscape.desktop
./losscape --version
rm -f /tmp/picture.png /tmp/Xvfb_screen0
HOME=$(mktemp -d)
XDG_RUNTIME_DIR=$(mktemp -d)
export HOME XDG_RUNTIME_DIR

echo "without a driver it says what to install:"
code=0
VK_DRIVER_FILES=/none VK_ICD_FILENAMES=/none ./losscape record -o /tmp/picture.png 2>/tmp/said || code=$?
cat /tmp/said
[ $code = 1 ]
grep -q 'apt-get install libvulkan1 mesa-vulkan-drivers' /tmp/said

./losscape record xor-model3 -o /tmp/picture.png --size 640x360

Xvfb :91 -screen 0 1280x720x24 -nolisten tcp -fbdir /tmp >/dev/null 2>&1 &
display=$!
trap 'kill $display' EXIT
sleep 2
export DISPLAY=:91
./losscape view xor-model3 &
program=$!
# With its surface a window has 37,000 colours, with panels and labels alone 2,500.
colours() { od -An -v -tx4 -w4 /tmp/Xvfb_screen0 | sort -u | wc -l; }
tries=0
until window=$(xdotool search --onlyvisible --name Losscape) && [ "$(colours)" -gt 10000 ]; do
    tries=$((tries + 1))
    [ $tries -lt 60 ] || { echo "no window with a picture within a minute" >&2; exit 1; }
    sleep 1
done
cp /tmp/Xvfb_screen0 /tmp/window.xwd
xdotool windowclose "$window"
wait $program
TRY
chroot "$root" sh /opt/try.sh
echo "a picture was drawn and a window opened and closed: $root/tmp/picture.png, window.xwd"
