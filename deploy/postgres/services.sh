#!/usr/bin/env bash
# A role and a schema of the same name for every service whose database URL is among the secrets.
set -euo pipefail

for secret in "${SECRETS:-/run/secrets}"/*_database_url; do
    service=$(basename "$secret" _database_url)
    credentials=$(sed -E 's|^[a-z+]+://([^@]+)@.*$|\1|' "$secret")
    psql --set ON_ERROR_STOP=1 --set role="$service" --set password="${credentials#*:}" \
        --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" <<'SQL'
CREATE ROLE :"role" LOGIN PASSWORD :'password';
ALTER ROLE :"role" SET search_path = :"role";
CREATE SCHEMA :"role" AUTHORIZATION :"role";
SQL
done
psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" -c 'REVOKE ALL ON SCHEMA public FROM PUBLIC'
