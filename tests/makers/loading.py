"""Makes folders to load, for tests."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tests.makers.content import picture_bytes

ORGANISATION = """\
name = "Nordlys Group"

[[topics]]
slug = "product"
name = "Product"
name_fr = "Produits"

[[entities]]
slug = "norge"
name = "Nordlys Norge"
country = "NO"
language = "nb"
time_zone = "Europe/Oslo"
accent = "#0b6e6e"
disclosure = [
  { language = "nb", wording = "#JobberINordlys" },
  { language = "en", wording = "#WorksAtNordlys" },
]
help = [
  { kind = "attacked", name = "Ingrid", email = "ingrid@nordlys.example", phone = "+47 00 00 41 10" },
]

[[entities]]
slug = "ireland"
name = "Nordlys Ireland"
country = "IE"
language = "en"
time_zone = "Europe/Dublin"

[[teams]]
slug = "platform"
name = "Plattform og drift"
entity = "norge"
"""
HEADING = "staff_id,email,name,entity,country,language,time_zone,team,roles,topics"
PEOPLE = f"""\
{HEADING}
N-1,ada@demo.example,Ada Nyström,ireland,,,,Repair workshop,,product
N-2,carl@demo.example,Carl Eriksen,norge,NO,en,Europe/Oslo,platform,comms,
N-3,ines@demo.example,Inès Castaing,ireland,FR,fr,Europe/Paris,,comms|hr@norge,
N-4,,Bríd Ní Mhaoldomhnaigh,ireland,,,,,,
"""
GUIDELINE = """\
---
title: What you say online
required: true
due_days: 30
---

Speak as yourself.
"""
COURSE = """\
---
title: Sharing with confidence
unlocks_sharing: true
---

Welcome.
"""
LESSON = """\
---
title: Choose
minutes: 4
---

Choose what you like.
"""
QUIZ = """\
## Which do you share?

It is Monday.

- [x] What touches me.
  > Yes.
- [ ] All of it.
  > Too much.

### Why

Less is more.
"""
QUIZ_FR = """\
## Laquelle partagez-vous ?

- [x] Celle qui me touche.
  > Oui.
- [ ] Toutes.
  > Trop.

### Pourquoi

Moins, c'est plus.
"""
KIT = """\
---
title: The cable that came ashore
link: https://www.nordlys.example/cable
topics: [product]
author: N-2
approver: N-3
publish_at: -10d
expires_at: +60d
images:
  - file: cable.png
    alt: A ship off an island.
    alt_fr: Un navire devant une île.
variants:
  - network: any
    language: en
    text: |
      412 people, one ferry, and since Tuesday one fibre.
  - network: mastodon
    language: fr
    text: 412 habitants et, depuis mardi, la fibre.
---

What happened.
"""
KIT_FR = "---\ntitle: Le câble\n---\n\nCe qui est arrivé.\n"
TEXTS = {
    "organisation.toml": ORGANISATION,
    "people.csv": PEOPLE,
    "guidelines/conduct.md": GUIDELINE,
    "guidelines/conduct.fr.md": "---\ntitle: Ce que vous dites en ligne\n---\n\nParlez en votre nom.\n",
    "courses/sharing/course.md": COURSE,
    "courses/sharing/course.fr.md": "---\ntitle: Partager sereinement\n---\n",
    "courses/sharing/01-choose.md": LESSON,
    "courses/sharing/01-choose.fr.md": "---\ntitle: Choisir\n---\n\nChoisissez.\n",
    "courses/sharing/quiz.md": QUIZ,
    "courses/sharing/quiz.fr.md": QUIZ_FR,
    "kits/cable/kit.md": KIT,
    "kits/cable/kit.fr.md": KIT_FR,
}


def make_folder(root: Path, changes: Mapping[str, str | bytes | None] | None = None) -> Path:
    """A folder in order, of two entities and one of everything; `changes` replace files (None: away with it)."""
    files: dict[str, str | bytes | None] = {**TEXTS, "kits/cable/cable.png": picture_bytes()}
    return change_folder(change_folder(root / "organisation", files), changes or {})


def change_folder(folder: Path, files: Mapping[str, str | bytes | None]) -> Path:
    """Write these files of the folder (None: away with it)."""
    for name, said in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if said is None:
            path.unlink()
        else:
            path.write_bytes(said.encode() if isinstance(said, str) else said)
    return folder


def people_csv(*rows: str, heading: str = HEADING) -> str:
    """A file of people with these rows."""
    return "\n".join([heading, *rows]) + "\n"
