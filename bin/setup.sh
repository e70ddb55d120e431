# Sourced by the commands of this folder: a virtual environment with the pinned requirements in $1.
# Needs Python 3.11 or later and a package index; installs again only when the file changes.

cd "$(dirname "${BASH_SOURCE[0]}")/.."

find_python() {
    local candidate
    for candidate in "${PYTHON:-python3}" python3.13 python3.12 python3.11; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$candidate"
            return
        fi
    done
    echo "Stepwise needs Python 3.11 or later. Set PYTHON to the path of one." >&2
    exit 1
}

set_up() {
    local requirements=$1 python stamp wanted
    python=$(find_python)
    stamp=.venv/installed-$(basename "$requirements")
    wanted=$(cksum < "$requirements")
    if [ ! -x .venv/bin/python ]; then
        "$python" -m venv .venv
    fi
    if [ "$(cat "$stamp" 2>/dev/null)" != "$wanted" ]; then
        echo "Installing $requirements ..." >&2
        .venv/bin/python -m pip install --quiet --disable-pip-version-check -r "$requirements"
        echo "$wanted" > "$stamp"
    fi
}

# The browser for tests and screenshots, installed if it can be and pytest's arguments may select such tests.
set_up_browser() {
    STEPWISE_BROWSER=$(.venv/bin/python -m tests.browser.executable "$@")
    export STEPWISE_BROWSER
}
