#!/bin/sh
# Installs movescreen into a virtual environment of its own. See: sh install.sh --help
set -eu

usage() {
    cat <<'TEXT'
Usage: sh install.sh [--dev | --newest] [--venv DIR] [--no-system]

Installs movescreen and all it needs into a virtual environment, by default .venv beside this
script. Running it again brings that up to date. Nothing else is changed, except that on Debian
and Ubuntu missing system libraries are installed with apt-get, when that needs no password.

  --dev         install in place, with the tools for testing (pytest, ruff, mypy, ...), and chromium,
                through which the tests of the web app go, where apt-get can install it
  --newest      take the newest packages that movescreen can use, instead of those that it was tested
                with and whose hashes are in supply/locked.txt
  --venv DIR    put the virtual environment into DIR
  --no-system   neither look for system libraries nor install any
  -h, --help    show this text

Environment:
  PYTHON            the Python to use, 3.11 or newer (default: the first of python3.13,
                    python3.12, python3.11, python3 that will do)
  MOVESCREEN_VENV   the same as --venv
TEXT
}

# Library that must load, and the Debian package that holds it.
libraries='
    libEGL.so.1:libegl1
    libGLESv2.so.2:libgles2
    libGL.so.1:libgl1
    libglib-2.0.so.0:libglib2.0-0
    libxcb.so.1:libxcb1
    libSM.so.6:libsm6
    libXext.so.6:libxext6
    libpango-1.0.so.0:libpango-1.0-0
    libpangoft2-1.0.so.0:libpangoft2-1.0-0
'
# The first two belong to mediapipe, the next three to OpenCV, two to the window of "movescreen live", Pango to PDFs.

say() { printf 'movescreen: %s\n' "$*"; }

fail() { # the first argument says what is wrong, the others what to do about it
    printf 'movescreen: %s\n' "$1" >&2
    shift
    for line in "$@"; do printf '  %s\n' "$line" >&2; done
    exit 1
}

fail_without_python() {
    fail "movescreen needs Python 3.11 or newer, and there is none here." \
        "Debian 12, Ubuntu 24.04 and newer: sudo apt-get install python3 python3-venv" \
        "macOS: brew install python@3.13 (or the installer of python.org)" \
        "In an unusual place: PYTHON=/path/to/python3 sh install.sh"
}

# --- Python --------------------------------------------------------------------------------

new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

makes_environments() { "$1" -c 'import ensurepip, venv' >/dev/null 2>&1; }

find_python() { # sets $python, preferring one that can make environments; empty when none is new enough
    python=
    if [ -n "${PYTHON:-}" ]; then
        new_enough "$PYTHON" || fail "PYTHON=$PYTHON is not a Python 3.11 or newer."
        python=$PYTHON
        return 0
    fi
    for candidate in python3.13 python3.12 python3.11 python3; do
        new_enough "$candidate" || continue
        if makes_environments "$candidate"; then
            python=$candidate
            return 0
        fi
        [ -n "$python" ] || python=$candidate
    done
}

healthy() { # DIR is a virtual environment whose Python and scripts still work, so it was not moved here
    [ -f "$1/pyvenv.cfg" ] && new_enough "$1/bin/python" || return 1
    [ -x "$1/bin/pip3" ] || "$1/bin/python" -m ensurepip >/dev/null 2>&1 || return 1
    says=$("$1/bin/pip3" --version 2>/dev/null) || return 1 # pip 25.1 from DIR/lib/...
    says=${says#* from }
    [ "$(cd -- "${says%/lib/*}" && pwd -P)" = "$(cd -- "$1" && pwd -P)" ]
}

# --- system packages -----------------------------------------------------------------------

has_apt() { command -v apt-get >/dev/null 2>&1; }

may_apt() { # sets $as_root; false without apt-get, or when it would ask for a password
    as_root=
    has_apt || return 1
    [ "$(id -u)" = 0 ] || { command -v sudo >/dev/null 2>&1 && sudo -n true >/dev/null 2>&1 && as_root='sudo -n'; }
}

loads() { # LIBRARY PACKAGE: it is there; asks Python, or where there is none yet the package manager
    if [ -n "$python" ]; then
        "$python" -c 'import ctypes, sys; ctypes.CDLL(sys.argv[1])' "$1" >/dev/null 2>&1
    else
        dpkg -s "$2" >/dev/null 2>&1
    fi
}

apt_python_too_old() { # as far as the package lists that are there can tell
    apt-cache policy python3 2>/dev/null | grep -Eq 'Candidate: ([0-9]+:)?3\.([0-9]|10)[.-]'
}

find_missing() { # sets $missing to the packages to install
    missing=
    if [ -z "$python" ]; then
        missing=' python3 python3-venv'
    elif [ "$environment" = new ] && ! makes_environments "$python"; then
        # Debian splits these modules off its own Python; with any other one apt cannot help
        [ "$("$python" -c 'import sys; print(sys.base_prefix)')" != /usr ] ||
            missing=$("$python" -c 'import sys; print(" python%d.%d-venv" % sys.version_info[:2])')
    fi
    for entry in $libraries; do
        loads "${entry%:*}" "${entry#*:}" || missing="$missing ${entry#*:}"
    done
}

apt_get() { $as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=120 -o Dpkg::Use-Pty=0 "$@" >/dev/null; }

install_missing() {
    say "installing missing system packages:$missing"
    apt_get update || say "apt-get update had problems; going on with the package lists that are there"
    [ -n "$python" ] || ! apt_python_too_old || fail_without_python
    # shellcheck disable=SC2086 # one word a package
    apt_get install --yes --no-install-recommends $missing ||
        fail "apt-get could not install$missing" "Its own message stands above."
}

need_system() { # everything from outside the virtual environment is there afterwards
    [ "$(uname -s)" = Linux ] && [ "$system" = yes ] || return 0
    if [ -z "$python" ] && { ! has_apt || apt_python_too_old; }; then
        fail_without_python
    fi
    find_missing
    [ -n "$missing" ] || return 0
    if ! has_apt; then
        fail "system libraries are missing; on Debian their packages are called$missing" \
            "Install what your system calls them (Fedora: libglvnd-egl libglvnd-gles libglvnd-glx glib2 libxcb" \
            "libSM libXext pango) and run install.sh again, or skip this check with --no-system."
    elif ! may_apt; then
        fail "system packages are missing. Run this, then run install.sh again:" \
            "sudo apt-get update && sudo apt-get install --yes --no-install-recommends$missing"
    fi
    install_missing
    [ -n "$python" ] || find_python
    [ -n "$python" ] || fail_without_python
    find_missing
    [ -z "$missing" ] || fail "$python still cannot load what these packages hold:$missing" \
        "Try your system's own Python: PYTHON=/usr/bin/python3 sh install.sh"
}

has_browser() {
    for browser in chromium chromium-browser google-chrome; do
        ! command -v "$browser" >/dev/null 2>&1 || return 0
    done
    return 1
}

want_browser() { # the tests of the web app need one; without it they are skipped, so nothing fails here
    [ "$(uname -s)" = Linux ] && [ "$system" = yes ] && ! has_browser || return 0
    if may_apt; then
        say "installing chromium for the tests of the web app"
        apt_get update || true
        apt_get install --yes --no-install-recommends chromium || true
    fi
    has_browser || say "without chromium the tests that need a browser are skipped (Debian: sudo apt-get install chromium)"
}

# --- the steps -----------------------------------------------------------------------------

check_environment() { # DIR; sets $environment to "healthy" or "new", and $python
    if healthy "$1"; then
        environment=healthy
        python=$1/bin/python
        return 0
    fi
    if [ -e "$1" ] && [ ! -f "$1/pyvenv.cfg" ] && [ -n "$(ls -A "$1")" ]; then
        fail "$1 exists and is not a virtual environment; it was left alone." \
            "Choose another folder: sh install.sh --venv DIR"
    fi
    environment=new
    find_python
}

make_environment() { # DIR
    if [ "$environment" = healthy ]; then
        say "using the virtual environment $1"
        return 0
    fi
    [ -n "$python" ] || fail_without_python
    makes_environments "$python" || fail "$python cannot make virtual environments: it lacks ensurepip or venv." \
        "Install them for this Python (Debian: python3-venv), or name another: PYTHON=/path/to/python3 sh install.sh"
    say "making the virtual environment $1 ($("$python" -V 2>&1))"
    "$python" -m venv --clear "$1" || fail "the virtual environment $1 could not be made."
}

pip_install() { # DIR WHAT...
    folder=$1
    shift
    say "installing movescreen and the packages it needs (some minutes the first time)"
    PIP_USER=0 "$folder/bin/python" -m pip install --quiet --disable-pip-version-check --no-input "$@" ||
        fail "pip could not install movescreen." \
            "Its own message stands above. Behind a proxy, or with a package index of your own, set up pip first" \
            "(pip config set global.index-url ...). Running install.sh again does no harm."
}

finish() { # PROGRAM ARGUMENTS
    say "done. Next, type:"
    case $1 in
        *[!A-Za-z0-9_./-]*) printf "  '%s'%s\n" "$1" "$2" ;;
        *) printf '  %s%s\n' "$1" "$2" ;;
    esac
}

main() {
    dev=no
    newest=no
    system=yes
    venv=${MOVESCREEN_VENV:-}
    while [ $# -gt 0 ]; do
        case $1 in
            --dev) dev=yes ;;
            --newest) newest=yes ;;
            --no-system) system=no ;;
            --venv=?*) venv=${1#--venv=} ;;
            --venv)
                [ -n "${2:-}" ] || wrong_usage "--venv needs a folder"
                venv=$2
                shift
                ;;
            -h | --help)
                usage
                exit 0
                ;;
            *) wrong_usage "unknown option $1" ;;
        esac
        shift
    done

    called_from=$(pwd)
    unset CDPATH
    here=$(cd -- "$(dirname -- "$0")" && pwd)
    case $venv in
        '') venv=$here/.venv ;;
        /*) ;;
        *) venv=$called_from/$venv ;;
    esac
    cd -- "$here"

    check_environment "$venv"
    need_system
    make_environment "$venv"
    if [ "$dev" = yes ]; then
        want_browser
        pip_install "$venv" --editable '.[test]'
        finish "${venv#"$called_from"/}/bin/pytest" ''
    else
        if [ "$newest" = yes ]; then
            pip_install "$venv" '.[all]'
        else
            # exactly what was tested: every package by its hash, and nothing fetched to build this one
            pip_install "$venv" --require-hashes --requirement supply/locked.txt
            pip_install "$venv" --no-deps --no-build-isolation .
        fi
        finish "${venv#"$called_from"/}/bin/movescreen" ' demo'
    fi
}

wrong_usage() {
    printf 'movescreen: %s\n\n' "$1" >&2
    usage >&2
    exit 2
}

main "$@"
