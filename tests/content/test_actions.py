"""Everything that happens to a kit, on both databases."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from advocacy import db
from advocacy.accounts.models import Grant, Person
from advocacy.audit.models import AuditLine
from advocacy.content import actions, queries
from advocacy.content.models import Kit, KitState, Verdict
from advocacy.content.rules import Audience
from advocacy.content.shape import Caption, Faults, Overtaken, Text
from advocacy.errors import Conflict, Missing, Refused
from advocacy.permissions import Role
from tests.makers.accounts import make_entity, make_person, make_team, make_topic
from tests.makers.content import make_data, make_kit, make_picture

HOUR = timedelta(hours=1)
pytestmark = pytest.mark.usefixtures("unit")


@pytest.fixture
def carl(unit: db.Unit) -> Person:
    """Writes kits."""
    return make_person("Carl", roles=[Role.COMMS])


@pytest.fixture
def cora(unit: db.Unit) -> Person:
    """Approves them."""
    return make_person("Cora", roles=[Role.COMMS])


def verbs(kit: Kit) -> list[str]:
    lines = sa.select(AuditLine.verb).where(AuditLine.about == f"kit:{kit.slug}").order_by(AuditLine.id)
    return list(db.session.scalars(lines))


def local_comms(entity: Any) -> Person:
    person = make_person()
    person.grants.append(Grant(role=Role.COMMS, entity_id=entity.id, granted_at=person.created_at))
    db.session.flush()
    return person


def approved(carl: Person, cora: Person, at: datetime, **data: Any) -> Kit:
    kit = actions.create(make_data(**data), by=carl, at=at)
    actions.send_to_review(kit, by=carl, at=at)
    actions.approve(kit, by=cora, at=at)
    return kit


# ---- Writing ----


def test_a_kit_is_written_whole(carl: Person, at: datetime) -> None:
    norge = make_entity("norge")
    care, network = make_team(norge, "care"), make_topic("network")
    data = make_data(
        texts={"en": Text("Title", "Story"), "fr": Text("Titre", "Histoire")},
        pictures=(make_picture("a" * 64, small="c" * 64), make_picture("b" * 64)),
        topics=(network.slug,),
        audience=Audience(
            entities=("norge",),
            countries=("NO",),
            languages=("nb",),
            teams=(care.slug,),
            topics=(network.slug,),
        ),
        publish_at=at + HOUR,
        expires_at=at + 2 * HOUR,
        entity="norge",
    )
    kit = actions.create(data, by=carl, at=at)
    db.session.expire_all()
    assert kit.data == data
    assert kit.pictures[0].small_digest == "c" * 64
    assert (kit.slug, kit.state, kit.author, kit.editor) == ("title", KitState.DRAFT, carl, carl)
    assert verbs(kit) == ["kit.create"]


def test_slugs_are_unique_and_stay_when_the_title_changes(carl: Person, at: datetime) -> None:
    first = actions.create(make_data(), by=carl, at=at)
    second = actions.create(make_data(), by=carl, at=at)
    reserved = actions.create(make_data(texts={"en": Text("New")}), by=carl, at=at)
    assert [first.slug, second.slug, reserved.slug] == [
        "the-cable-that-came-ashore",
        "the-cable-that-came-ashore-2",
        "new-2",
    ]
    actions.save(
        first, make_data(texts={"en": Text("Another")}), edition=first.edition, by=carl, at=at + HOUR
    )
    assert first.slug == "the-cable-that-came-ashore"


def test_nothing_is_kept_of_what_cannot_be(carl: Person, at: datetime) -> None:
    with pytest.raises(Faults):
        actions.create(make_data(texts={}), by=carl, at=at)
    assert db.session.scalar(sa.select(sa.func.count(Kit.id))) == 0


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"topics": ("nowhere",)}, "topics"),
        ({"audience": Audience(entities=("nowhere",))}, "entities"),
        ({"audience": Audience(teams=("nowhere",))}, "teams"),
        ({"audience": Audience(topics=("nowhere",))}, "topics"),
        ({"entity": "nowhere"}, "entity"),
    ],
)
def test_what_is_not_there_is_refused_by_name(
    changes: dict[str, Any], field: str, carl: Person, at: datetime
) -> None:
    with pytest.raises(Refused) as refused:
        actions.create(make_data(**changes), by=carl, at=at)
    assert refused.value.field == field


def test_local_comms_write_for_their_entity_alone(at: datetime) -> None:
    norge, ireland = make_entity("norge"), make_entity("ireland")
    bo = local_comms(ireland)
    kit = actions.create(make_data(entity="ireland"), by=bo, at=at)
    assert kit.entity is ireland
    for entity in ("norge", None):
        with pytest.raises(Refused, match="for this company"):
            actions.create(make_data(entity=entity), by=bo, at=at)
        with pytest.raises(Refused, match="for this company"):
            actions.save(kit, make_data(entity=entity), edition=kit.edition, by=bo, at=at)
    with pytest.raises(Missing):
        actions.save(make_kit(entity=norge), make_data(), edition=1, by=bo, at=at)


def test_everything_can_be_changed_and_taken_out(carl: Person, at: datetime) -> None:
    one, two = make_topic("one"), make_topic("two")
    before = make_data(
        texts={"en": Text("Title", "Story"), "fr": Text("Titre")},
        pictures=(make_picture("a" * 64, alt={"en": "A", "fr": "B"}), make_picture("b" * 64)),
        topics=(one.slug,),
        audience=Audience(countries=("NO", "IE")),
    )
    kit = actions.create(before, by=carl, at=at)
    after = replace(
        before,
        texts={"en": Text("Other", "Story")},
        pictures=(make_picture("b" * 64), make_picture("a" * 64, alt={"en": "Other"})),
        captions=(Caption("x", "en", "New words"), Caption("any", "fr", "Autres mots")),
        topics=(two.slug,),
        audience=Audience(countries=("IE",), languages=("en",)),
        link_url="",
    )
    actions.save(kit, after, edition=kit.edition, by=carl, at=at + HOUR)
    db.session.expire_all()
    assert kit.data == after
    assert len(kit.variants) == 2
    assert verbs(kit) == ["kit.create", "kit.edit"]
    actions.save(
        kit, replace(after, pictures=(), captions=()), edition=kit.edition, by=carl, at=at + 2 * HOUR
    )
    db.session.expire_all()
    assert (kit.assets, kit.variants) == ([], [])


def test_what_champions_may_have_used_is_retired_and_can_come_back(
    carl: Person, cora: Person, at: datetime
) -> None:
    kit = approved(carl, cora, at, pictures=(make_picture(),))
    variant, asset = kit.captions[0], kit.pictures[0]
    bare = replace(kit.data, pictures=(), captions=(Caption("any", "en", "Other"),))
    actions.save(kit, bare, edition=kit.edition, by=carl, at=at + HOUR)
    assert variant.retired_at == asset.retired_at == at + HOUR
    assert (kit.pictures, [one.text for one in kit.captions]) == ([], ["Other"])
    actions.save(kit, replace(bare, link_url=""), edition=kit.edition, by=carl, at=at + 2 * HOUR)
    assert variant.retired_at == asset.retired_at == at + HOUR
    actions.save(kit, make_data(pictures=(make_picture(),)), edition=kit.edition, by=carl, at=at + 3 * HOUR)
    assert (kit.captions, kit.pictures) == ([variant], [asset])


def test_saving_what_is_there_changes_nothing(carl: Person, cora: Person, at: datetime) -> None:
    kit = approved(carl, cora, at)
    edition = kit.edition
    actions.save(kit, kit.data, edition=1, by=carl, at=at + HOUR)
    assert (kit.state, kit.edition, kit.edited_at) == (KitState.APPROVED, edition, at)


def test_a_second_editor_is_told_the_difference(carl: Person, cora: Person, at: datetime) -> None:
    kit = actions.create(make_data(), by=carl, at=at)
    seen = kit.edition
    actions.save(kit, make_data(texts={"en": Text("Theirs", "Story")}), edition=seen, by=cora, at=at + HOUR)
    mine = make_data(texts={"en": Text("Mine", "Story")})
    with pytest.raises(Overtaken) as overtaken:
        actions.save(kit, mine, edition=seen, by=carl, at=at + HOUR)
    assert [(one.field, one.mine, one.theirs) for one in overtaken.value.differences] == [
        ("title-en", "Mine", "Theirs")
    ]
    actions.save(kit, mine, edition=kit.edition, by=carl, at=at + 2 * HOUR)
    assert kit.data == mine


def test_an_approved_kit_is_reviewed_again_unless_its_time_is_shortened(
    carl: Person, cora: Person, at: datetime
) -> None:
    kit = approved(carl, cora, at, publish_at=at, expires_at=at + 9 * HOUR)
    actions.save(kit, replace(kit.data, expires_at=at + HOUR), edition=kit.edition, by=carl, at=at)
    assert kit.state is KitState.APPROVED
    actions.save(kit, replace(kit.data, link_url=""), edition=kit.edition, by=carl, at=at + HOUR)
    assert kit.state is KitState.DRAFT
    assert not kit.is_out(at)


# ---- Review ----


def test_a_kit_goes_through_review_and_is_out(carl: Person, cora: Person, at: datetime) -> None:
    kit = actions.create(make_data(), by=carl, at=at)
    review = actions.send_to_review(kit, by=carl, at=at)
    assert kit.state is KitState.IN_REVIEW
    assert kit.open_review is review
    actions.approve(kit, by=cora, at=at + HOUR, edition=kit.edition)
    assert (kit.state, kit.approved_at, kit.publish_at) == (KitState.APPROVED, at + HOUR, at + HOUR)
    assert (review.verdict, review.decider, review.decided_at) == (Verdict.APPROVED, cora, at + HOUR)
    assert kit.open_review is None
    assert kit.is_out(at + HOUR)
    assert verbs(kit) == ["kit.create", "kit.review", "kit.approve"]


def test_a_planned_time_stays_when_approved(carl: Person, cora: Person, at: datetime) -> None:
    kit = approved(carl, cora, at, publish_at=at + HOUR)
    assert kit.publish_at == at + HOUR
    assert not kit.is_out(at)
    assert kit.is_out(at + HOUR)


def test_only_a_whole_draft_is_sent_to_review(carl: Person, at: datetime) -> None:
    kit = actions.create(make_data(captions=()), by=carl, at=at)
    with pytest.raises(Faults, match="at least one caption"):
        actions.send_to_review(kit, by=carl, at=at)
    actions.save(kit, make_data(), edition=kit.edition, by=carl, at=at + HOUR)
    actions.send_to_review(kit, by=carl, at=at)
    with pytest.raises(Refused, match="Only a draft"):
        actions.send_to_review(kit, by=carl, at=at)


def test_neither_author_nor_last_editor_approves(carl: Person, cora: Person, at: datetime) -> None:
    kit = actions.create(make_data(), by=carl, at=at)
    actions.save(kit, make_data(link_url=""), edition=kit.edition, by=cora, at=at + HOUR)
    actions.send_to_review(kit, by=cora, at=at)
    for hand in (carl, cora):
        with pytest.raises(Refused, match="someone else"):
            actions.approve(kit, by=hand, at=at)
    actions.approve(kit, by=make_person(roles=[Role.COMMS]), at=at)
    assert kit.state is KitState.APPROVED


def test_nobody_approves_what_she_edited_before_another_did(carl: Person, cora: Person, at: datetime) -> None:
    kit, third = approved(carl, cora, at), make_person(roles=[Role.COMMS])
    actions.save(kit, replace(kit.data, link_url=""), edition=kit.edition, by=cora, at=at)
    db.session.flush()
    actions.save(kit, make_data(), edition=kit.edition, by=carl, at=at + HOUR)
    actions.send_to_review(kit, by=carl, at=at)
    assert (queries.waiting_for(cora), queries.waiting_for(third)) == (0, 1)
    with pytest.raises(Refused, match="someone else"):
        actions.approve(kit, by=cora, at=at)
    actions.approve(kit, by=third, at=at)
    actions.save(kit, make_data(link_url=""), edition=kit.edition, by=third, at=at + HOUR)
    actions.send_to_review(kit, by=third, at=at)
    actions.approve(kit, by=cora, at=at)  # what she edited was approved by another since


def test_who_may_not_approve_for_the_entity_does_not_know_it(carl: Person, at: datetime) -> None:
    bo = local_comms(make_entity())
    kit = actions.create(make_data(), by=carl, at=at)
    actions.send_to_review(kit, by=carl, at=at)
    for person in (bo, make_person(), make_person(roles=[Role.ADMIN])):
        with pytest.raises(Missing):
            actions.approve(kit, by=person, at=at)
        with pytest.raises(Missing):
            actions.send_back(kit, "No", by=person, at=at)


def test_approval_is_of_the_edition_that_was_read(carl: Person, cora: Person, at: datetime) -> None:
    kit = actions.create(make_data(), by=carl, at=at)
    actions.send_to_review(kit, by=carl, at=at)
    seen = kit.edition
    actions.save(kit, make_data(link_url=""), edition=kit.edition, by=carl, at=at + HOUR)
    assert kit.state is KitState.DRAFT
    assert kit.reviews[0].verdict is Verdict.WITHDRAWN
    actions.send_to_review(kit, by=carl, at=at + HOUR)
    with pytest.raises(Conflict, match="Read it again"):
        actions.approve(kit, by=cora, at=at + HOUR, edition=seen)


def test_what_ended_while_it_waited_is_not_approved(carl: Person, cora: Person, at: datetime) -> None:
    kit = actions.create(make_data(expires_at=at + HOUR), by=carl, at=at)
    actions.send_to_review(kit, by=carl, at=at)
    with pytest.raises(Faults, match="passed already"):
        actions.approve(kit, by=cora, at=at + HOUR)


def test_a_kit_is_sent_back_with_a_remark(carl: Person, cora: Person, at: datetime) -> None:
    kit = actions.create(make_data(), by=carl, at=at)
    with pytest.raises(Refused, match="not waiting"):
        actions.send_back(kit, "Why?", by=cora, at=at)
    actions.send_to_review(kit, by=carl, at=at)
    for remark in (" ", "x" * 2001):
        with pytest.raises(Refused) as refused:
            actions.send_back(kit, remark, by=cora, at=at)
        assert refused.value.field == "remark"
    actions.send_back(kit, " Name the ferry. ", by=cora, at=at)
    assert kit.state is KitState.DRAFT
    assert (kit.reviews[0].verdict, kit.reviews[0].remark) == (Verdict.SENT_BACK, "Name the ferry.")


# ---- For one company ----


def test_who_writes_for_one_company_addresses_its_people_alone(at: datetime) -> None:
    ireland, norge = make_entity("ireland"), make_entity("norge")
    bo = local_comms(ireland)
    kit = actions.create(make_data(entity="ireland"), by=bo, at=at)
    assert kit.data.audience.entities == ("ireland",)
    for entities in (("norge",), ("ireland", norge.slug)):
        wide = make_data(entity="ireland", audience=Audience(entities=entities))
        for act in (
            lambda wide=wide: actions.create(wide, by=bo, at=at),
            lambda wide=wide: actions.save(kit, wide, edition=kit.edition, by=bo, at=at),
            lambda wide=wide: actions.keep_kit("loaded", wide, by=bo, at=at),
        ):
            with pytest.raises(Refused, match="beyond your companies") as refused:
                act()
            assert refused.value.field == "entities"
    everyone = make_data(entity="ireland", link_url="")
    actions.save(kit, everyone, edition=kit.edition, by=bo, at=at)
    assert kit.data.audience.entities == ("ireland",) and kit.data.link_url == ""


def test_a_kit_for_the_whole_group_is_not_narrowed_by_looking(carl: Person, at: datetime) -> None:
    bo = local_comms(make_entity("ireland"))
    kit = actions.create(make_data(entity="ireland"), by=carl, at=at)
    actions.save(kit, kit.data, edition=kit.edition, by=bo, at=at)
    assert kit.data.audience.entities == ()
    actions.save(kit, replace(kit.data, link_url=""), edition=kit.edition, by=bo, at=at)
    assert kit.data.audience.entities == ("ireland",)


@pytest.mark.parametrize("entities", [(), ("norge",), ("ireland", "norge")])
def test_who_approves_for_one_company_approves_for_its_people_alone(
    carl: Person, cora: Person, at: datetime, entities: tuple[str, ...]
) -> None:
    bo = local_comms(make_entity("ireland"))
    make_entity("norge")
    kit = actions.create(make_data(entity="ireland", audience=Audience(entities=entities)), by=carl, at=at)
    actions.send_to_review(kit, by=carl, at=at)
    with pytest.raises(Refused, match="beyond your companies"):
        actions.approve(kit, by=bo, at=at)
    actions.approve(kit, by=cora, at=at)
    assert kit.state is KitState.APPROVED


def test_who_approves_for_one_company_approves_what_is_for_it(carl: Person, at: datetime) -> None:
    bo = local_comms(make_entity("ireland"))
    kit = actions.create(
        make_data(entity="ireland", audience=Audience(entities=("ireland",))), by=carl, at=at
    )
    actions.send_to_review(kit, by=carl, at=at)
    actions.approve(kit, by=bo, at=at)
    assert kit.state is KitState.APPROVED


# ---- Recall ----


def test_a_recalled_kit_is_over_for_good(carl: Person, cora: Person, at: datetime) -> None:
    kit = approved(carl, cora, at)
    with pytest.raises(Refused, match="why it is recalled"):
        actions.recall(kit, reason=" ", by=carl, at=at)
    actions.recall(kit, reason="The figures were wrong.", by=make_person(roles=[Role.ADMIN]), at=at)
    assert (kit.state, kit.recalled_at, kit.recall_reason) == (
        KitState.RECALLED,
        at,
        "The figures were wrong.",
    )
    for act in (
        lambda: actions.recall(kit, reason="Again", by=carl, at=at),
        lambda: actions.save(kit, make_data(link_url=""), edition=kit.edition, by=carl, at=at),
        lambda: actions.send_to_review(kit, by=carl, at=at),
    ):
        with pytest.raises(Refused, match="was recalled"):
            act()


def test_only_what_was_approved_once_is_recalled(carl: Person, cora: Person, at: datetime) -> None:
    with pytest.raises(Refused, match="never out"):
        actions.recall(actions.create(make_data(), by=carl, at=at), reason="Because", by=carl, at=at)
    with pytest.raises(Missing):
        actions.recall(make_kit(), reason="Because", by=make_person(), at=at)
    kit = approved(carl, cora, at)
    actions.save(kit, make_data(link_url=""), edition=kit.edition, by=carl, at=at + HOUR)
    actions.send_to_review(kit, by=carl, at=at + HOUR)
    actions.recall(kit, reason="Because", by=carl, at=at + HOUR)
    assert kit.reviews[-1].verdict is Verdict.WITHDRAWN


# ---- Loading ----


def test_a_kit_is_kept_by_its_slug(carl: Person, cora: Person, at: datetime) -> None:
    data = make_data(publish_at=at - HOUR)
    assert actions.keep_kit("island", data, by=carl, at=at, approver=cora) == "new"
    kit = db.session.scalars(sa.select(Kit).where(Kit.slug == "island")).one()
    assert (kit.state, kit.publish_at, kit.author) == (KitState.APPROVED, at - HOUR, carl)
    assert actions.keep_kit("island", data, by=carl, at=at + HOUR, approver=cora) == "same"
    changed = replace(data, link_url="")
    assert actions.keep_kit("island", changed, by=carl, at=at + HOUR, approver=cora) == "changed"
    assert (kit.state, kit.data, len(kit.reviews)) == (KitState.APPROVED, changed, 2)
    actions.recall(kit, reason="Because", by=carl, at=at)
    assert actions.keep_kit("island", data, by=carl, at=at, approver=cora) == "recalled"


def test_a_kit_without_a_time_keeps_that_of_its_first_loading(
    carl: Person, cora: Person, at: datetime
) -> None:
    actions.keep_kit("island", make_data(), by=carl, at=at, approver=cora)
    assert actions.keep_kit("island", make_data(), by=carl, at=at + HOUR, approver=cora) == "same"


def test_a_kit_whose_audience_comes_from_its_company_is_the_same_when_loaded_again(at: datetime) -> None:
    fjord = make_entity()
    local, data = local_comms(fjord), make_data(entity=fjord.slug)
    assert actions.keep_kit("fjord", data, by=local, at=at) == "new"
    assert actions.keep_kit("fjord", data, by=local, at=at + HOUR) == "same"


def test_a_kit_without_an_approver_is_a_draft(carl: Person, cora: Person, at: datetime) -> None:
    assert actions.keep_kit("island", make_data(), by=carl, at=at) == "new"
    kit = db.session.scalars(sa.select(Kit).where(Kit.slug == "island")).one()
    assert kit.state is KitState.DRAFT
    actions.send_to_review(kit, by=carl, at=at)
    assert actions.keep_kit("island", make_data(), by=carl, at=at, approver=cora) == "same"
    assert kit.state is KitState.APPROVED


def test_an_author_does_not_approve_by_loading(carl: Person, at: datetime) -> None:
    with pytest.raises(Refused, match="someone else"):
        actions.keep_kit("island", make_data(), by=carl, at=at, approver=carl)


# ---- Going live ----


def test_going_live_is_noted_once_and_disturbs_no_editor(carl: Person, cora: Person, at: datetime) -> None:
    kit = approved(carl, cora, at, publish_at=at + HOUR)
    assert queries.unannounced(at) is None
    assert queries.unannounced(at + HOUR) is kit
    edition = kit.edition
    actions.announce(kit, at=at + 2 * HOUR)
    db.session.refresh(kit)
    assert (kit.edition, kit.announced_at) == (edition, at + 2 * HOUR)
    line = db.session.scalars(sa.select(AuditLine).where(AuditLine.verb == "kit.publish")).one()
    assert (line.at, line.by_name) == (at + HOUR, None)
    assert queries.unannounced(at + 3 * HOUR) is None
