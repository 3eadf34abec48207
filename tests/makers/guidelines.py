"""Makes guidelines in force, for tests."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from advocacy.guidelines import actions, queries
from advocacy.guidelines.models import Guideline, GuidelineVersion, ReaderGroup
from advocacy.guidelines.rules import GuidelineData, GuidelineWords

AT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
_count = itertools.count(1)


def guideline_data(title: str = "", **values: Any) -> GuidelineData:
    """A guideline in English and French that everyone must accept, due in 30 days, unlocking sharing."""
    title = title or f"Guideline {next(_count)}"
    words = {
        "en": GuidelineWords(title, f"Text of {title}.", f"About {title}.", "First version."),
        "fr": GuidelineWords(f"{title} (fr)", f"Texte de {title}.", f"Sur {title}.", "Première version."),
    }
    known: dict[str, Any] = {"readers": ReaderGroup.EVERYONE, "required": True, "due_days": 30, "position": 1}
    return GuidelineData(words, **known | values)


def make_guideline(slug: str = "", title: str = "", *, at: datetime = AT, **values: Any) -> Guideline:
    """A guideline in force since `at`."""
    slug = slug or f"guideline-{next(_count)}"
    actions.keep_guideline(slug, guideline_data(title, **values), by=None, at=at)
    guideline = queries.with_slug(slug)
    assert guideline is not None
    return guideline


def publish_again(
    guideline: Guideline, *, at: datetime, asks_again: bool = True, body: str = "New text."
) -> GuidelineVersion:
    """Put a further version in force."""
    words = {tag: replace(w, body=body) for tag, w in queries.words_of(guideline.current).items()}
    draft = actions.save_draft(guideline, words, asks_again=asks_again, edition=0, by=None, at=at)
    return actions.publish(guideline, edition=draft.edition, by=None, at=at)
