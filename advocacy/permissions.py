"""Who may do what: roles are names for sets of permissions, granted for the group or one entity."""

from __future__ import annotations

from enum import StrEnum

from advocacy.errors import N_


class Role(StrEnum):
    """What a person is entrusted with beside being a colleague."""

    COMMS = "comms"
    HR = "hr"
    ADMIN = "admin"


ROLE_NAMES = {
    Role.COMMS: N_("Communications manager"),
    Role.HR: N_("HR"),
    Role.ADMIN: N_("Administrator"),
}

PERMISSIONS: dict[Role, frozenset[str]] = {
    Role.COMMS: frozenset(
        {"kit.edit", "kit.approve", "kit.recall", "kit.figures", "help.answer", "hold.place", "ledger.see"}
    ),
    Role.HR: frozenset({"guideline.edit", "course.edit", "reading.see", "person.see", "help.answer"}),
    Role.ADMIN: frozenset(
        {
            "person.see",
            "person.edit",
            "role.grant",
            "network.edit",
            "entity.edit",
            "board.enable",
            "audit.see",
            "setup.see",
            "mail.test",
            "report.see",
            "help.answer",
            "kit.recall",
            "hold.place",
            "budget.edit",
            "ledger.see",
        }
    ),
}


def granted(role: Role, permission: str) -> bool:
    """Whether `role` carries `permission`."""
    return permission in PERMISSIONS[role]
