#!/bin/sh
# Installs movescreen into a virtual environment of its own. See: sh install.sh --help
set -eu

usage() {
    cat <<'TEXT'
Usage: sh install.sh [--dev] [--venv DIR] [--no-system]

Installs movescreen and all it needs into a virtual environment, by default .venv beside this
script. Running it again brings that up to date. Nothing else is changed, except that on Debian
and Ubuntu missing system libraries are installed with apt-get, when that needs no password.

  --dev         install in place, with the tools for testing (pytest, ruff, mypy, ...), and chromium,
                through which the tests of the web app go, where apt-get can install it
  --venv DIR    put the virtual environment into DIR
  --no-system   neither look for system libraries nor install any
  -h, --help    show this text

PYTHON=/path/to/python3 sh install.sh takes that Python; otherwise it is the first of python3.13,
python3.12, python3.11 and python3 that is 3.11 or newer and can make virtual environments.
TEXT
}

say() { printf 'movescreen: %s\n' "$*"; }

fail() { # the first argument says what is wrong, the others what to do about it
    printf 'movescreen: %s\n' "$1" >&2
    shift
    for line in "$@"; do printf '  %s\n' "$line" >&2; done
    exit 1
}

wrong_usage() {
    printf 'movescreen: %s\n\n' "$1" >&2
    usage >&2
    exit 2
}

will_do() { "$1" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

find_python() { # sets $python; empty when there is none
    if [ -n "${PYTHON:-}" ]; then set -- "$PYTHON"; else set -- python3.13 python3.12 python3.11 python3; fi
    for python in "$@"; do
        ! will_do "$python" || return 0
    done
    python=
}

# --- system packages -----------------------------------------------------------------------

may_apt() { # sets $as_root; false without apt-get, or when it would ask for a password
    as_root=
    command -v apt-get >/dev/null 2>&1 || return 1
    [ "$(id -u)" = 0 ] || { command -v sudo >/dev/null 2>&1 && sudo -n true >/dev/null 2>&1 && as_root='sudo -n'; }
}

apt_get() { $as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=120 -o Dpkg::Use-Pty=0 "$@" >/dev/null; }

add_packages() { # PACKAGE...
    may_apt || return 1
    say "installing missing system packages: $*"
    apt_get update || say "apt-get update had problems; going on with the package lists that are there"
    apt_get install --yes --no-install-recommends "$@"
}

missing_packages() { # what "movescreen doctor" would miss; it needs nothing that is not there yet
    "$python" -B -c 'import movescreen.doctor as d; print(*map(d.SYSTEM_LIBRARIES.get, d.find_missing_libraries()))'
}

need_libraries() {
    missing=$(missing_packages)
    [ -n "$missing" ] || return 0
    # shellcheck disable=SC2086 # one word a package
    add_packages $missing || fail "system libraries are missing. Run this, then run install.sh again:" \
        "sudo apt-get update && sudo apt-get install --yes --no-install-recommends $missing" \
        "Those are Debian's names (Fedora: libglvnd-egl libglvnd-gles libglvnd-glx glib2 libxcb libSM libXext pango);" \
        "--no-system skips this."
    missing=$(missing_packages)
    [ -z "$missing" ] || fail "$python still cannot load what these packages hold: $missing" \
        "Try your system's own Python: PYTHON=/usr/bin/python3 sh install.sh"
}

want_browser() { # the tests of the web app need one; without it they are skipped, so nothing fails here
    for browser in chromium chromium-browser google-chrome; do
        ! command -v "$browser" >/dev/null 2>&1 || return 0
    done
    add_packages chromium ||
        say "without chromium the tests that need a browser are skipped (Debian: sudo apt-get install chromium)"
}

# --- the steps -----------------------------------------------------------------------------

pip_install() { # WHAT...
    say "installing movescreen and the packages it needs (some minutes the first time)"
    PIP_USER=0 "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-input "$@" ||
        fail "pip could not install movescreen." \
            "Its own message stands above. Behind a proxy, or with a package index of your own, set up pip first" \
            "(pip config set global.index-url ...). Running install.sh again does no harm."
}

dev=
system=$(uname -s)
here=$(unset CDPATH && cd -- "$(dirname -- "$0")" && pwd)
venv=$here/.venv
while [ $# -gt 0 ]; do
    case $1 in
        --dev) dev=yes ;;
        --no-system) system= ;;
        --venv)
            [ -n "${2:-}" ] || wrong_usage "--venv needs a folder"
            venv=$2
            shift
            ;;
        --venv=?*) venv=${1#--venv=} ;;
        -h | --help) usage && exit 0 ;;
        *) wrong_usage "unknown option $1" ;;
    esac
    shift
done
case $venv in /*) ;; *) venv=$PWD/$venv ;; esac
called_from=$PWD
cd -- "$here"

find_python
if [ -z "$python" ] && [ -z "${PYTHON:-}" ] && [ "$system" = Linux ]; then
    ! add_packages python3 python3-venv || find_python
fi
none=${PYTHON:+PYTHON=$PYTHON is none}
[ -n "$python" ] || fail "movescreen needs Python 3.11 or newer with venv and ensurepip, and ${none:-there is none here}." \
    "Debian 12, Ubuntu 24.04 and newer: sudo apt-get install python3 python3-venv" \
    "macOS: brew install python@3.13 (or the installer of python.org)" \
    "In an unusual place: PYTHON=/path/to/python3 sh install.sh"
[ "$system" != Linux ] || need_libraries

# one that was moved, or has lost its Python, is made anew
if grep -q " $venv\$" "$venv/pyvenv.cfg" 2>/dev/null && will_do "$venv/bin/python"; then
    say "using the virtual environment $venv"
elif [ -f "$venv/pyvenv.cfg" ] || [ -z "$(ls -A "$venv" 2>/dev/null)" ]; then
    say "making the virtual environment $venv ($("$python" -V 2>&1))"
    "$python" -m venv --clear "$venv" || fail "the virtual environment $venv could not be made."
else
    fail "$venv exists and is not a virtual environment; it was left alone." "Choose another folder: sh install.sh --venv DIR"
fi

next='movescreen demo'
if [ -n "$dev" ]; then
    [ "$system" != Linux ] || want_browser
    pip_install --editable '.[test]'
    next=pytest
else
    # exactly what was tested: every package by its hash, and nothing fetched to build this one
    pip_install --require-hashes --requirement supply/locked.txt
    pip_install --no-deps --no-build-isolation .
fi
say "done. Next, type:"
program="${venv#"$called_from"/}/bin/${next%% *}"
case $program in *[!A-Za-z0-9_./-]*) program="'$program'" ;; esac
printf '  %s%s\n' "$program" "${next#"${next%% *}"}"
