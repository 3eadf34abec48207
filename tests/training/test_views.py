from __future__ import annotations
import pytest
from advocacy import db
from advocacy.permissions import Role
from tests.makers.accounts import make_champion, make_person, make_entity, make_team
from tests.makers.guidelines import make_guideline
from tests.makers.training import make_course, make_certificate, make_try


def test_walk(client):
    with db.unit_of_work():
        e=make_entity(); t=make_team(e)
        hana=make_champion("Hana", roles=[Role.HR], entity=e, team=t)
        g=make_guideline("rules")
        c=make_course("sharing")
        cert=make_certificate(c,hana).code
        tr=make_try(c,hana,right=False).code
    client.sign_in(hana)
    for url in ("/guidelines/","/guidelines/rules","/people/guidelines/","/people/guidelines/new","/people/guidelines/rules","/people/guidelines/rules/draft","/people/reading/","/people/reading/?by=team","/people/reading/people","/people/reading/people.csv","/people/reading/training",
      "/training/","/training/sharing","/training/sharing/lessons/first","/training/sharing/quiz",f"/training/sharing/tries/{tr}",f"/training/certificates/{cert}",f"/certificates/{cert}",
      "/people/courses/","/people/courses/new","/people/courses/sharing","/people/courses/sharing/about","/people/courses/sharing/lessons/1","/people/courses/sharing/lessons/3","/people/courses/sharing/questions/1","/people/courses/sharing/questions/3"):
        r=client.get(url)
        assert r.status_code==200,(url,r.status_code,r.text[-2000:])
