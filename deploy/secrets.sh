#!/usr/bin/env bash
# Writes the secrets that docker-compose.yml mounts, random, into deploy/secrets; those that exist stay as they are.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
umask 077
mkdir -p secrets

random() { od -An -N 24 -t x1 /dev/urandom | tr -d ' \n'; }
# Containers read these files as their own users; the folder keeps everyone else on this machine out.
secret() {
    [[ -f secrets/$1 ]] || printf '%s' "$2" >"secrets/$1"
    chmod 644 "secrets/$1"
}

secret amqp_url "amqp://parley:$(random)@rabbitmq:5672/"
secret redis_url "redis://default:$(random)@redis:6379/0"
secret qdrant_api_key "$(random)"
secret postgres_password "$(random)"
secret jwt_secret "$(random)"
for service in gateway enhancer research ingest chat; do
    secret "${service}_database_url" "postgresql://$service:$(random)@postgres:5432/parley"
done
