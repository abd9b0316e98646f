# Shared by the scripts in bin/. Sourced with the project folder as the working directory.

UV_VERSION=0.13.9

say() { printf '%s\n' "$*"; }

fail() {
    printf '%s\n' "$*" >&2
    exit 1
}

# Install Debian or Ubuntu packages. Returns 1 when this user may not, or when apt fails.
apt_install() {
    command -v apt-get >/dev/null 2>&1 || return 1
    if [ "$(id -u)" = 0 ]; then
        as_root=
    elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
        as_root="sudo -n"
    else
        return 1
    fi
    say "Installing system packages: $*"
    apt_log=$(mktemp)
    $as_root apt-get update -q -o DPkg::Lock::Timeout=300 >"$apt_log" 2>&1 || true
    if $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends \
        -o DPkg::Lock::Timeout=300 "$@" >>"$apt_log" 2>&1 </dev/null; then
        rm -f "$apt_log"
        return 0
    fi
    tail -n 15 "$apt_log" >&2
    rm -f "$apt_log"
    return 1
}

# Set $python to a Python 3.11 or newer.
find_python() {
    for python in ${PYTHON:-python3 python3.13 python3.12 python3.11}; do
        if "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            return 0
        fi
    done
    fail "Python 3.11 or newer is needed and was not found (name it with: make setup PYTHON=/path/to/python3)."
}

# Put the uv installer into .uv, and let it use the package index that pip is set up with.
get_uv() {
    if [ "$(.uv/bin/uv --version 2>/dev/null | cut -d' ' -f2)" != "$UV_VERSION" ]; then
        find_python
        if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
            package=$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
            apt_install "$package" || fail "Python's venv module is missing. Install it with: sudo apt-get install $package"
        fi
        rm -rf .uv
        "$python" -m venv .uv || fail "Could not create a virtual environment with $python."
        .uv/bin/python -m pip install -qq --disable-pip-version-check "uv==$UV_VERSION" ||
            fail "Could not install uv: pip cannot reach its package index."
    fi
    if [ -z "${UV_DEFAULT_INDEX:-}${UV_INDEX_URL:-}" ]; then
        index=${PIP_INDEX_URL:-$(.uv/bin/python -m pip config get global.index-url 2>/dev/null || true)}
        if [ -n "$index" ]; then
            UV_DEFAULT_INDEX=$index
            export UV_DEFAULT_INDEX
        fi
    fi
    UV_PYTHON_DOWNLOADS=never
    export UV_PYTHON_DOWNLOADS
}
