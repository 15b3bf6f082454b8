#!/bin/sh
# Puts the worker's secrets and its binary in place. There is no runtime on the machine yet: this needs
# a POSIX shell, curl, coreutils and sed, and no more. What fails leaves what was there before.
set -eu

: "${BUCKET:?}" "${OBJECT:?}" "${SHA256:?}"
metadata="${METADATA_URL:-http://metadata.google.internal}"
storage="${STORAGE_API_URL:-https://storage.googleapis.com}"
secret_manager="${SECRETS_API_URL:-https://secretmanager.googleapis.com}"
binary="${BINARY:-/usr/local/bin/banneton-worker}"
folder="${CONFIGURATION_DIRECTORY:-/etc/banneton}"

scratch="$(mktemp -d)"
trap 'rm -rf "$scratch" "$binary.part" "$folder"/*.part' EXIT

get() {
  curl --fail --silent --show-error --retry "${RETRIES:-5}" --retry-all-errors \
    --connect-timeout 5 --max-time 120 "$@"
}

# The token goes by a file: arguments can be read by every process.
authorise() {
  get --header 'Metadata-Flavor: Google' --output "$scratch/token" \
    "$metadata/computeMetadata/v1/instance/service-accounts/default/token"
  token="$(sed -n 's/.*"access_token" *: *"\([^"]*\)".*/\1/p' "$scratch/token")"
  [ -n "$token" ] || { echo 'the metadata server gives no token' >&2; exit 1; }
  printf 'Authorization: Bearer %s\n' "$token" >"$scratch/header"
}

# One line a secret: NAME projects/…/secrets/…/versions/…
fetch_secrets() {
  while read -r name version; do
    get --header "@$scratch/header" --output "$scratch/secret" \
      "$secret_manager/v1/$version:access"
    tr -d ' \n' <"$scratch/secret" | sed -n 's/.*"data":"\([^"]*\)".*/\1/p' >"$scratch/data"
    base64 -d <"$scratch/data" >"$folder/$name.part"
    [ -s "$folder/$name.part" ] || { echo "$version is empty" >&2; exit 1; }
    mv "$folder/$name.part" "$folder/$name"
  done <"$folder/worker.secrets"
}

has_hash() {
  [ -f "$1" ] && echo "$SHA256  $1" | sha256sum --check --status
}

fetch_binary() {
  name="$(echo "$OBJECT" | sed 's|/|%2F|g')"
  get --header "@$scratch/header" --output "$binary.part" \
    "$storage/storage/v1/b/$BUCKET/o/$name?alt=media"
  has_hash "$binary.part" || { echo "$OBJECT is not what $SHA256 names" >&2; exit 1; }
  chmod 0755 "$binary.part"
  mv "$binary.part" "$binary"
}

umask 077
authorise
[ ! -f "$folder/worker.secrets" ] || fetch_secrets
has_hash "$binary" || fetch_binary
