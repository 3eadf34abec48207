#!/usr/bin/env bash
# Fetches the few browser files we ship, trims them, and writes advocacy/static/vendor/ with its list of hashes.
# Needs npm and Python; only who changes a version runs it. Users never need Node. Run it by: make vendor
set -euo pipefail

here="$(cd "$(dirname "$0")" && pwd)"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

packages="@tabler/core@1.6.1 @tabler/icons@3.51.0 htmx.org@4.0.1 chart.js@4.6.1 @fontsource-variable/inter@5.3.0"

cd "$work"
for package in $packages; do
    archive="$(npm pack "$package" --silent --ignore-scripts | tail -1)"
    name="${package%@*}"
    mkdir -p "$work/$name"
    tar xzf "$archive" -C "$work/$name" --strip-components=1
    echo "fetched $package"
done
python3 "$here/vendor.py" "$work" "$here/../advocacy/static/vendor"
