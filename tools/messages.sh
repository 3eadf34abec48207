#!/usr/bin/env bash
# Collect the texts to translate, merge them into each language's catalogue, and compile those.
set -euo pipefail
cd "$(dirname "$0")/.."
pybabel=.venv/bin/pybabel
catalogues=advocacy/translations
texts="$(mktemp)"
trap 'rm -f "$texts"' EXIT
mkdir -p "$catalogues"
# No line numbers and no dates: a catalogue then changes only when a text does.
"$pybabel" -q extract -F pyproject.toml -k N_ -k _l -k lazy_gettext --add-location=file --sort-by-file --no-wrap \
    --project=Advocacy --copyright-holder="the Advocacy contributors" -o "$texts" .
for language in ${LANGUAGES:-fr}; do
    if [ -e "$catalogues/$language/LC_MESSAGES/messages.po" ]; then
        "$pybabel" -q update -i "$texts" -d "$catalogues" -l "$language" \
            --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date --no-wrap
    else
        "$pybabel" -q init -i "$texts" -d "$catalogues" -l "$language" --no-wrap
    fi
done
"$pybabel" compile -d "$catalogues" --statistics
