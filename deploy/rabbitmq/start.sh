#!/usr/bin/env bash
# Puts the user of the secret AMQP URL into the definitions, as a salted hash, and starts the broker.
set -euo pipefail
secrets=${SECRETS:-/run/secrets}
template=${DEFINITIONS:-/etc/parley/definitions.json}
rendered=${RENDERED:-/var/lib/rabbitmq/definitions.json}

url=$(<"$secrets/amqp_url") # amqp://user:password@host:5672/
credentials=${url#*://}
credentials=${credentials%%@*}
user=${credentials%%:*}
password=${credentials#*:}

salt=$(od -An -N 2 -t x1 /dev/urandom | tr -d ' \n')
digest=$(printf '%s%s' "$salt" "$password" | sha256sum | cut -c 1-64)
# shellcheck disable=SC2059 # the escapes are the point: a hexadecimal digest becomes bytes
hash=$({ printf '%s' "$salt" && printf "$(sed 's/../\\x&/g' <<<"$digest")"; } | base64)

sed -e "s|@USER@|$user|" -e "s|@PASSWORD_HASH@|$hash|" "$template" >"$rendered"
exec docker-entrypoint.sh rabbitmq-server
