#!/bin/sh
# Makes a virtual environment of Python with packages, outside the checkout, and prints where it is.
#
#     tools/venv.sh NAME PACKAGE...
#
# Nothing is asked of the network where it is there already with these packages.
set -eu

venv="${XDG_CACHE_HOME:-$HOME/.cache}/losscape/python/$1"
shift
if [ "$(cat "$venv/packages" 2>/dev/null)" != "$*" ]; then
    echo "venv: installing $* to $venv" >&2
    ${PYTHON:-python3} -m venv "$venv" >&2
    "$venv/bin/pip" install --quiet --disable-pip-version-check "$@" >&2
    echo "$*" > "$venv/packages"
fi
echo "$venv/bin/python"
