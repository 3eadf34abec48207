"""Every write of this room: what learners do, and what authors do."""

from advocacy.training.actions.authors import (
    about,
    begin,
    bring_back,
    change_about,
    change_part,
    change_settings,
    drop_draft,
    keep_course,
    move_part,
    publish,
    remove_part,
    retire,
)
from advocacy.training.actions.drafts import may_edit, must_edit
from advocacy.training.actions.learners import enrol, finish_lesson, remind_due, remind_me, try_quiz

__all__ = [
    "about",
    "begin",
    "bring_back",
    "change_about",
    "change_part",
    "change_settings",
    "drop_draft",
    "enrol",
    "finish_lesson",
    "keep_course",
    "may_edit",
    "move_part",
    "must_edit",
    "publish",
    "remind_due",
    "remind_me",
    "remove_part",
    "retire",
    "try_quiz",
]
