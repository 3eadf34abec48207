"""Where guidelines are written, compared, previewed, published and retired."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import flash, render_template, request, url_for
from flask_babel import gettext as _

from advocacy import clock, db, text, web
from advocacy.accounts.models import Person
from advocacy.errors import N_, Conflict, Missing, Refused, Several
from advocacy.guidelines import actions, queries, record, rules
from advocacy.guidelines.desk.blueprint import Answer, bp, go
from advocacy.guidelines.forms import DraftForm, ReadersForm, Texts
from advocacy.guidelines.models import Guideline
from advocacy.guidelines.rules import GuidelineWords, ReaderGroup
from advocacy.web import needs


@bp.get("/people/guidelines/")
@needs("guideline.edit")
def index() -> str:
    """Every guideline, with what is in force and what is being written."""
    rows = [(guideline, queries.title_of(guideline, web.locale())) for guideline in queries.everything()]
    return render_template("rulebook/index.html", rows=rows, may_write=actions.may_edit(web.me()))


@bp.route("/people/guidelines/new", methods=["GET", "POST"])
@needs("guideline.edit")
def begin() -> Answer:
    """Start a guideline."""
    actions.must_edit(web.me())
    form, texts = DraftForm(), Texts({}, request.form or None)
    if request.method == "GET" or not _is_valid(form, texts):
        return _edit_page(None, form, texts)
    try:
        guideline = actions.begin(texts.words, by=web.me(), at=clock.now())
    except Refused as refused:
        return _edit_page(None, form, texts, refused)
    return go(url_for("rulebook.preview", slug=guideline.slug))


@bp.get("/people/guidelines/<slug>")
@needs("guideline.edit")
def show(slug: str) -> str:
    """One guideline: its versions, its draft, and who must read it."""
    guideline = _known(slug)
    return _overview(guideline, ReadersForm(obj=guideline))


@bp.route("/people/guidelines/<slug>/draft", methods=["GET", "POST"])
@needs("guideline.edit")
def edit(slug: str) -> Answer:
    """The draft, in all languages side by side; saving makes one from what is in force when there is none."""
    actions.must_edit(web.me())
    guideline = _known(slug)
    draft = guideline.draft
    form = DraftForm(data={"edition": draft.edition, "asks_again": draft.asks_again} if draft else None)
    texts = Texts(_to_write(guideline), request.form or None)
    if request.method == "GET" or not _is_valid(form, texts):
        return _edit_page(guideline, form, texts)
    try:
        actions.save_draft(
            guideline,
            texts.words,
            asks_again=bool(form.asks_again.data),
            edition=form.edition.data or 0,
            by=web.me(),
            at=clock.now(),
        )
    except Conflict as conflict:
        return _conflict_page(guideline, form, texts, conflict)
    except Refused as refused:
        return _edit_page(guideline, form, texts, refused)
    return go(url_for("rulebook.preview", slug=slug))


@bp.get("/people/guidelines/<slug>/draft/preview")
@needs("guideline.edit")
def preview(slug: str) -> Answer:
    """The draft as readers will see it, and what stands against publishing it."""
    return _preview_page(_known(slug))


@bp.post("/people/guidelines/<slug>/versions")
@needs("guideline.edit")
def publish(slug: str) -> Answer:
    """Put the draft that was looked at in force."""
    guideline = _known(slug)
    edition = request.form.get("edition", default=0, type=int)
    try:
        chosen = {"yes": True, "no": False}.get(request.form.get("again", ""))
        version = actions.publish(guideline, edition=edition, again=chosen, by=web.me(), at=clock.now())
    except Conflict as conflict:
        if guideline.draft is None:
            raise
        return _preview_page(guideline, conflict)
    except Several as several:
        return _preview_page(guideline, several)
    flash(_("Version %(number)s is in force.", number=version.number), "success")
    return go(url_for("rulebook.show", slug=slug))


@bp.post("/people/guidelines/<slug>/draft/removal")
@needs("guideline.edit")
def drop_draft(slug: str) -> Answer:
    """Throw the draft away."""
    guideline = _known(slug)
    edition = request.form.get("edition", default=0, type=int)
    actions.drop_draft(guideline, edition=edition, by=web.me(), at=clock.now())
    flash(_("The draft is gone. What is in force stays as it is."))
    return go(url_for("rulebook.index"))


@bp.post("/people/guidelines/<slug>/readers")
@needs("guideline.edit")
def change_readers(slug: str) -> Answer:
    """Say who must read it, and until when."""
    guideline = _known(slug)
    form = ReadersForm()
    if not form.validate_on_submit():
        return _overview(guideline, form), 422
    actions.change_readers(
        guideline,
        readers=ReaderGroup(form.readers.data),
        unlocks_sharing=bool(form.unlocks_sharing.data),
        due_days=form.due_days.data,
        position=form.position.data or 0,
        by=web.me(),
        at=clock.now(),
    )
    if _is_asked(guideline):
        flash(_("Kept. It holds from now on."), "success")
    else:
        flash(_("Kept. Nobody is asked to accept it, as it stands now."), "warning")
    return go(url_for("rulebook.show", slug=slug))


@bp.post("/people/guidelines/<slug>/retirement")
@needs("guideline.edit")
def retire(slug: str) -> Answer:
    """Take it out of force, or (back=1) put it in force again."""
    guideline = _known(slug)
    change = actions.bring_back if request.form.get("back") else actions.retire
    change(guideline, by=web.me(), at=clock.now())
    flash(_("It is retired.") if guideline.retired_at else _("It is in force again."))
    return go(url_for("rulebook.show", slug=slug))


def _is_asked(guideline: Guideline) -> bool:
    return rules.is_asked_of_somebody(guideline.readers, guideline.unlocks_sharing, guideline.due_days)


def _known(slug: str) -> Guideline:
    guideline = queries.with_slug(slug)
    if guideline is None:
        raise Missing(N_("There is no guideline at this address."))
    return guideline


def _is_valid(form: DraftForm, texts: Texts) -> bool:
    return all([texts.validate(), form.validate_on_submit()])


def _to_write(guideline: Guideline) -> dict[str, GuidelineWords]:
    """What a writer begins from: the draft, else what is in force with an empty note on what changed."""
    if guideline.draft is not None:
        return queries.words_of(guideline.draft)
    words = queries.words_of(guideline.current)
    return {tag: GuidelineWords(w.title, w.body, w.summary) for tag, w in words.items()}


def _edit_page(
    guideline: Guideline | None, form: DraftForm, texts: Texts, refused: Refused | None = None
) -> Answer:
    said = _sentences(refused)
    page = render_template(
        "rulebook/edit.html", guideline=guideline, form=form, texts=texts, said=said, apart={}
    )
    wrong = bool(said or form.errors or any(one.errors for one in texts.forms.values()))
    return page, refused.status if refused else 422 if wrong else 200


def _conflict_page(guideline: Guideline, form: DraftForm, texts: Texts, conflict: Conflict) -> Answer:
    """What was typed, what stands there now, and where they differ; saving again keeps what was typed."""
    theirs, mine = _to_write(guideline), texts.words
    apart = {
        tag: lines
        for tag in texts.forms
        if (lines := text.differences(_told(theirs.get(tag)), _told(mine.get(tag))))
    }
    form.edition.raw_data = None
    form.edition.data = guideline.draft.edition if guideline.draft else 0
    said = _sentences(conflict)
    page = render_template(
        "rulebook/edit.html", guideline=guideline, form=form, texts=texts, said=said, apart=apart
    )
    return page, conflict.status


def _told(words: GuidelineWords | None) -> str:
    return "\n".join((words.title, words.summary, words.changed, words.body)) if words else ""


def _preview_page(guideline: Guideline, refused: Refused | None = None) -> Answer:
    draft = guideline.draft
    if draft is None:
        return go(url_for("rulebook.show", slug=guideline.slug))
    words = queries.words_of(draft)
    page = render_template(
        "rulebook/preview.html",
        guideline=guideline,
        draft=draft,
        words=words,
        lacking=[web.say(reason) for reason in rules.missing_words(words)],
        may_write=actions.may_edit(web.me()),
        is_asked=_is_asked(guideline),
        asked_again=_asked_again(guideline, words),
        untold=[name for tag, name in web.LANGUAGES.items() if tag not in words],
        said=_sentences(refused),
    )
    return page, refused.status if refused else 200


def _asked_again(guideline: Guideline, words: Mapping[str, GuidelineWords]) -> dict[str, Any]:
    """What asking again would mean: in which languages nothing changed, and how many accepted it, by language."""
    if guideline.current is None:
        return {"same": [], "people": 0, "spared": {}}
    same = rules.unchanged(queries.words_of(guideline.current), words)
    by_language = record.accepted_by_language(guideline) if _is_recorded(guideline) else {}
    spared = {tag: by_language.get(tag, 0) for tag in same}
    return {"same": same, "people": sum(by_language.values()), "spared": spared}


def _is_recorded(guideline: Guideline) -> bool:
    """Whether its acceptances may be counted; of what champions read no record is kept."""
    return rules.in_record(guideline.readers, guideline.unlocks_sharing, guideline.due_days)


def _sentences(refused: Refused | None) -> list[str]:
    if refused is None:
        return []
    reasons: list[Any] = refused.reasons if isinstance(refused, Several) else [refused.reason]
    return [web.say(reason) for reason in reasons]


def _overview(guideline: Guideline, form: ReadersForm) -> str:
    keys = {v.edited_by for v in guideline.versions} | {v.published_by for v in guideline.versions}
    names = {key: person.name for key in keys if key and (person := db.session.get(Person, key))}
    return render_template(
        "rulebook/show.html",
        guideline=guideline,
        title=queries.title_of(guideline, web.locale()),
        form=form,
        may_write=actions.may_edit(web.me()),
        names=names,
        is_asked=_is_asked(guideline),
        changed={v.number: queries.text_of(v, web.locale()).changed for v in guideline.versions if v.texts},
    )
