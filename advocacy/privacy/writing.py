"""Packs what is held about a person into one ZIP: data for machines, tables for spreadsheets, a page to read."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any

from advocacy import text
from advocacy.privacy import rules


def packed(copies: Mapping[str, Mapping[str, Any]], page: str) -> bytes:
    """The ZIP: `copies` is what each room holds, `page` is its readable form as HTML."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("index.html", page)
        for room, data in copies.items():
            archive.writestr(f"{room}.json", json.dumps(data, indent=2, ensure_ascii=False, default=str))
            for name, rows in rules.lists(data):
                archive.writestr(f"{room}-{name}.csv", "\ufeff" + table(rows))
    return out.getvalue()


def table(rows: list[dict[str, Any]]) -> str:
    """Records as CSV that no spreadsheet reads as formulas."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    out = io.StringIO()
    lines = csv.writer(out)
    lines.writerow(names)
    lines.writerows([text.cell(_flat(row.get(name))) for name in names] for row in rows)
    return out.getvalue()


def _flat(value: object) -> object:
    return json.dumps(value, ensure_ascii=False, default=str) if isinstance(value, list | dict) else value
