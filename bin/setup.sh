# Sourced by the commands of this folder: a virtual environment with the pinned requirements in $1.
# Needs Python 3.11 or later and a package index; installs again only when the file changes.

called_from=$PWD
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# The system's own is built for speed, and takes a fifth less time than one that was compiled without ado.
find_python() {
    local candidate
    for candidate in "${PYTHON:-/usr/bin/python3}" python3 python3.13 python3.12 python3.11; do
        if "$candidate" -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$candidate"
            return
        fi
    done
    echo "Stepwise needs Python 3.11 or later, with venv. Set PYTHON to the path of one." >&2
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

# The demo's settings, for its server and for commands beside it; one key for all of them, kept with the data.
set_up_demo() {
    local data=${STEPWISE_DATA_DIR:-.data}
    # The development requirements contain the others; where they are installed nothing is missing.
    if [ -f .venv/installed-requirements-dev.txt ]; then
        set_up requirements-dev.txt
    else
        set_up requirements.txt
    fi
    mkdir -p "$data"
    data=$(cd "$data" && pwd)
    if [ -z "${SECRET_KEY:-}" ]; then
        if [ ! -s "$data/secret-key" ]; then
            (umask 077 && .venv/bin/python -c 'import secrets; print(secrets.token_urlsafe(64))' > "$data/secret-key")
        fi
        SECRET_KEY=$(cat "$data/secret-key")
    fi
    export SECRET_KEY STEPWISE_DATA_DIR="$data"
    # Nobody runs `run_jobs` beside the demo: it imports large files at once.
    export DEBUG=0 HTTPS=0 IMPORT_JOBS=0
    export ALLOWED_HOSTS="${ALLOWED_HOSTS:-localhost,127.0.0.1,[::1]}"
    export CORS_ALLOWED_ORIGINS="${CORS_ALLOWED_ORIGINS-$(development_origins)}"
    export EMAIL_URL="${EMAIL_URL:-consolemail://}" MAIL_MAY_BE_PRINTED=1
    export STATIC_ROOT="${STATIC_ROOT:-$data/static}"
}

# Where development servers usually serve browser apps, and where Capacitor's apps say they are.
development_origins() {
    local port
    for port in 3000 4200 5173 8080 8100; do
        printf '%s' "http://localhost:$port,http://127.0.0.1:$port,"
    done
    echo "http://localhost,https://localhost,capacitor://localhost"
}

# The browser for tests and screenshots, installed if it can be and pytest's arguments may select such tests.
set_up_browser() {
    STEPWISE_BROWSER=$(.venv/bin/python -m tests.browser.executable "$@")
    export STEPWISE_BROWSER
}

# Run Python on the demo's data, whether bin/demo is running or not. Paths among the arguments are those of whoever
# calls, and nothing in their folder is taken for a module.
python_beside_demo() {
    local root=$PWD
    cd "$called_from"
    export PYTHONPATH="$root" PYTHONSAFEPATH=1
    exec "$root/.venv/bin/python" -m config.embedded_postgres "$root/.venv/bin/python" "$@"
}
