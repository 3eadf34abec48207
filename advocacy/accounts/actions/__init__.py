"""Everything that is done to people, and that people do about themselves."""

from __future__ import annotations

from advocacy.accounts.actions.entry import (
    accept_invitation,
    answer_next_request,
    ask_for_link,
    invite,
    invite_first_administrator,
    make_setup_link,
    send_link,
    set_password,
    use_link,
)
from advocacy.accounts.actions.own import (
    change_language,
    choose,
    follow,
    follow_only,
    join,
    not_now,
    unfollow,
)
from advocacy.accounts.actions.people import (
    DETAILS,
    about,
    add_person,
    disable,
    enable,
    end_for_new_address,
    end_session,
    end_sessions,
    grant,
    revoke,
    update_person,
)

__all__ = [
    "DETAILS",
    "about",
    "accept_invitation",
    "add_person",
    "answer_next_request",
    "ask_for_link",
    "change_language",
    "choose",
    "disable",
    "enable",
    "end_for_new_address",
    "end_session",
    "end_sessions",
    "follow",
    "follow_only",
    "grant",
    "invite",
    "invite_first_administrator",
    "join",
    "make_setup_link",
    "not_now",
    "revoke",
    "send_link",
    "set_password",
    "unfollow",
    "update_person",
    "use_link",
]
