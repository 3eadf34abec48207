from datetime import timedelta

from advocacy.guidelines import actions, queries
from advocacy.training import queries as tq
from tests.makers import training as t
from tests.makers.accounts import make_champion
from tests.makers.guidelines import AT, make_guideline, publish_again


def test_it(unit):
    ada = make_champion()
    g = make_guideline()
    assert queries.missing_for(ada, AT) == [g]
    actions.acknowledge(g, number=1, language="en", by=ada, at=AT)
    assert queries.missing_for(ada, AT) == []
    publish_again(g, at=AT, asks_again=False)
    assert queries.missing_for(ada, AT) == []
    publish_again(g, at=AT)
    assert queries.missing_for(ada, AT) == [g]
    c = t.make_course()
    assert tq.missing_for(ada, AT) == [c]
    t.make_try(c, ada, right=False)
    assert tq.missing_for(ada, AT) == [c]
    t.make_certificate(c, ada)
    assert tq.missing_for(ada, AT) == []
    assert tq.missing_for(ada, AT + timedelta(days=366)) == [c]
    assert tq.sums(AT, entity_ids=None)
    assert tq.learning(ada, AT)[0].passed
