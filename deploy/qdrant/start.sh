#!/bin/sh
# Starts Qdrant with the key of the secret file, in its environment so that no command line shows it.
set -eu
secrets=${SECRETS:-/run/secrets}
QDRANT__SERVICE__API_KEY=$(cat "$secrets/qdrant_api_key")
export QDRANT__SERVICE__API_KEY
exec ./qdrant
