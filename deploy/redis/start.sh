#!/bin/sh
# Starts Redis with the password of the secret URL, read from standard input so that no command line shows it.
set -eu
secrets=${SECRETS:-/run/secrets}
password=$(sed -E 's|^redis://[^:]*:([^@]*)@.*$|\1|' "$secrets/redis_url")
exec docker-entrypoint.sh redis-server - <<EOF_CONFIG
port ${PORT:-6379}
requirepass $password
appendonly yes
dir ${DATA:-/data}
EOF_CONFIG
