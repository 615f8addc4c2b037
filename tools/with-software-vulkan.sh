#!/bin/sh
# Runs a command so that it draws with Mesa's software Vulkan, whatever the machine has: the tests'
# pictures come from one renderer. A missing driver is an error here, never a reason to skip.
#
#     tools/with-software-vulkan.sh cargo test
set -eu

driver=""
for candidate in /usr/share/vulkan/icd.d/lvp_icd*.json /usr/local/share/vulkan/icd.d/lvp_icd*.json; do
    [ -e "$candidate" ] && driver=$candidate
done
if [ -z "$driver" ]; then
    echo "no software Vulkan driver: sudo apt-get install libvulkan1 mesa-vulkan-drivers" >&2
    exit 1
fi
# The second name is the one that loaders before 1.3.207 read.
export VK_DRIVER_FILES="$driver" VK_ICD_FILENAMES="$driver"

# Window libraries want a private folder for their sockets.
runtime=$(mktemp -d)
trap 'rm -rf "$runtime"' EXIT
export XDG_RUNTIME_DIR="$runtime"
"$@"
