"""The LinkedIn connector's most delicate call: the post itself, and each way in which it can end."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from advocacy.errors import Refused
from advocacy.http import Outbound
from advocacy.sharing.networks.interface import (
    Card,
    Client,
    Image,
    Lost,
    NeedsReconnecting,
    Network,
    Outcome,
    Permanent,
    Post,
    Posted,
    Temporary,
    Tokens,
    Turn,
    Visibility,
)
from tests.odd_server import OddServer, breaks_off, drips, hangs_up, html, says, sleeps
from tests.sharing.networks.conftest import OUT, URN, linkedin_at, refuses

SINCE = datetime(2026, 11, 22, 9, tzinfo=UTC)
AUTHOR = "urn:li:person:a-1_Z"
TOKENS = Tokens("secret-token", extra={"author": AUTHOR, "since": format_datetime(SINCE, usegmt=True)})
POST = Post("Hi (all)\r\n#WorksAtNordlys https://go.example/l/a_b", "fr-CH")
PNG = Image(b"\x89PNG", "image/png")
TURN, AGAIN = Turn("key-1", SINCE), Turn("key-1", SINCE, is_repeat=True)
TRUSTING = Client("cid", "csecret", trusts_duplicates=True)
POSTS = "/rest/posts"


@pytest.fixture
def linkedin(odd: OddServer) -> Network:
    return linkedin_at(odd)


def given_now() -> Tokens:
    now = format_datetime(datetime.now(UTC), usegmt=True)
    return Tokens("secret-token", extra={"author": AUTHOR, "since": now})


def duplicate(named: str = f"Content is a duplicate of {URN}", status: int = 422) -> Any:
    return says(
        status,
        {
            "errorDetailType": "com.linkedin.common.error.BadRequest",
            "message": f"com.linkedin.content.common.exception.BadRequestResponseException: {named}",
            "errorDetails": {
                "inputErrors": [
                    {"description": "Duplicate post is detected", "input": {}, "code": "DUPLICATE_POST"}
                ]
            },
            "status": status,
        },
    )


def test_publish_byte_for_byte(odd: OddServer, linkedin: Network) -> None:
    odd.on(POSTS, says(201, x_restli_id=URN))
    posted = linkedin.publish(OUT, odd.url, TOKENS, POST, TURN)
    assert posted == Posted(URN, f"{odd.url}/feed/update/{URN}")
    (asked,) = odd.asked
    assert (asked.method, asked.path) == ("POST", POSTS)
    sent = {name: asked.headers[name] for name in ("authorization", "linkedin-version", "content-type")}
    assert sent == {
        "authorization": "Bearer secret-token",
        "linkedin-version": "202607",
        "content-type": "application/json",
    }
    assert asked.headers["x-restli-protocol-version"] == "2.0.0"
    assert json.loads(asked.body) == {
        "author": AUTHOR,
        "commentary": "Hi \\(all\\)\n{hashtag|\\#|WorksAtNordlys} https://go.example/l/a_b",
        "visibility": "PUBLIC",
        "distribution": {
            "feedDistribution": "MAIN_FEED",
            "targetEntities": [],
            "thirdPartyDistributionChannels": [],
        },
        "lifecycleState": "PUBLISHED",
        "isReshareDisabledByAuthor": False,
    }


@pytest.mark.parametrize(
    ("visibility", "sent"),
    [
        (Visibility.PUBLIC, "PUBLIC"),
        (Visibility.UNLISTED, "CONNECTIONS"),
        (Visibility.FOLLOWERS, "CONNECTIONS"),
    ],
)
def test_nobody_sees_more_than_was_chosen(
    odd: OddServer, linkedin: Network, visibility: Visibility, sent: str
) -> None:
    odd.on(POSTS, says(201, x_restli_id=URN))
    linkedin.publish(OUT, odd.url, TOKENS, Post("Hi", "en", visibility=visibility), TURN)
    assert json.loads(odd.asked[0].body)["visibility"] == sent


@pytest.mark.parametrize("header", ["urn:li:ugcPost:12", "urn%3Ali%3AugcPost%3A12"])
def test_the_posts_name(odd: OddServer, linkedin: Network, header: str) -> None:
    odd.on(POSTS, says(201, x_restli_id=header))
    assert linkedin.publish(OUT, odd.url, TOKENS, POST, TURN).url.endswith("/feed/update/urn:li:ugcPost:12")


@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        (hangs_up, Lost, "did it appear"),
        (breaks_off, Lost, "did it appear"),
        (sleeps(2), Lost, "did it appear"),
        (drips(0.05), Lost, "did it appear"),
        (drips(0.05, headers=True), Lost, "did it appear"),
        (says(500), Lost, "did it appear"),
        (html(502), Lost, "did it appear"),
        (says(503, Retry_After="5"), Lost, "did it appear"),
        (says(504, {"message": "timeout", "status": 504}), Lost, "did it appear"),
        (says(200, b"x" * 2_000_000), Lost, "did it appear"),
        (says(201), Lost, "makes no sense"),
        (html(), Lost, "makes no sense"),
        (says(201, x_restli_id="7"), Lost, "makes no sense"),
        (says(201, x_restli_id="urn:li:share:7/../x"), Lost, "makes no sense"),
        (refuses(429, 101), Temporary, "slow down"),
        (says(408), Temporary, "slow down"),
        (refuses(401, 65600), NeedsReconnecting, "LinkedIn no longer lets us act for you"),
        (refuses(401, 65601), NeedsReconnecting, "connect your account again"),
        (refuses(401, 65602), NeedsReconnecting, "connect your account again"),
        (says(401, {"code": "EXPIRED_ACCESS_TOKEN"}), NeedsReconnecting, "again"),
        (refuses(401, 65604), Temporary, "has trouble"),
        (html(401), Temporary, "has trouble"),
        (says(401), Temporary, "has trouble"),
        (
            refuses(403, 100, "Not enough permissions to access: scope\n posts.CREATE"),
            Permanent,
            "LinkedIn refused this: Not enough permissions to access: scope posts.CREATE",
        ),
        (html(403), Permanent, r"without saying why \(403\)"),
        (
            says(426, {"status": 426, "code": "NONEXISTENT_VERSION", "message": "202607 is not active"}),
            Permanent,
            r"version of its interface that we use \(202607\)\. Please tell the administrators",
        ),
        (
            says(400, {"code": "VERSION_MISSING", "message": "A version must be present"}),
            Permanent,
            "A version must",
        ),
        (refuses(422, 0, "com.linkedin.x: commentary\n is too long"), Permanent, "commentary is too long"),
        (refuses(422, 0, "y" * 999), Permanent, "y{300}$"),
        (says(422, {"message": 7, "errorDetails": []}), Permanent, "refused this: 7"),
        (says(422, {"errorDetails": {"inputErrors": ["x", {}]}}), Permanent, "without saying why"),
        (says(404), Permanent, r"without saying why \(404\)"),
        (says(400, ["odd"]), Permanent, r"without saying why \(400\)"),
        (says(307, Location="/elsewhere"), Permanent, "has moved"),
        (duplicate(), Permanent, "posted exactly this a short while ago"),
        (duplicate("no name"), Permanent, "posted exactly this"),
        (duplicate(status=400), Permanent, "posted exactly this"),
    ],
)
@pytest.mark.parametrize("trusting", [False, True])
def test_publish_ends_in_one_of_four_ways(
    odd: OddServer, answer: Any, kind: type[Outcome], words: str, trusting: bool
) -> None:
    linkedin = linkedin_at(odd, TRUSTING if trusting else None)
    odd.on(POSTS, answer)
    with pytest.raises(Outcome, match=words) as ended:
        linkedin.publish(OUT, odd.url, TOKENS, POST, TURN)
    wanted = (
        (kind,)
        if kind is not Permanent
        else tuple({Permanent, *Permanent.__subclasses__()} - {NeedsReconnecting})
    )
    assert type(ended.value) in wanted
    assert isinstance(ended.value, Refused)
    assert "secret-token" not in f"{ended.value!r}{ended.value}{ended.value.reason}"
    assert len(odd.asked) == 1


def test_publish_to_nobody_sends_nothing(odd: OddServer, linkedin: Network) -> None:
    with pytest.raises(Permanent, match="private network"):
        linkedin.publish(Outbound(), odd.url, TOKENS, POST, TURN)
    assert odd.asked == []
    odd.url = "http://127.0.0.1:1"
    with pytest.raises(Temporary, match="nothing was sent"):
        linkedin_at(odd).publish(OUT, odd.url, TOKENS, POST, TURN)


# -- how long to wait


@pytest.mark.parametrize("header", [{"Retry_After": "120"}, {"Retry_After": "120", "Date": "never"}])
def test_retry_after_is_kept_to(odd: OddServer, linkedin: Network, header: dict[str, str]) -> None:
    odd.on(
        POSTS, refuses(429, 101, "Resource level throttle MEMBER DAY limit is reached"), says(429, **header)
    )
    with pytest.raises(Temporary) as day:
        linkedin.publish(OUT, odd.url, TOKENS, POST, TURN)
    at, now = day.value.retry_at, datetime.now(UTC)
    assert at is not None
    assert (at.hour, at.minute, at.second) == (0, 0, 0)
    assert timedelta(0) < at - now + timedelta(seconds=5) <= timedelta(days=1, seconds=5)
    with pytest.raises(Temporary) as moment:
        linkedin.publish(OUT, odd.url, TOKENS, POST, TURN)
    assert (moment.value.retry_after, moment.value.retry_at, moment.value.status_code) == (120, None, 429)


def test_a_moments_throttle_is_not_a_days(odd: OddServer, linkedin: Network) -> None:
    odd.on(POSTS, refuses(429, 101, "Too many requests today"))
    with pytest.raises(Temporary) as wait:
        linkedin.publish(OUT, odd.url, TOKENS, POST, TURN)
    assert (wait.value.retry_after, wait.value.retry_at) == (None, None)


# -- a token that is called revoked


def test_a_young_token_that_is_called_revoked_waits_a_little(odd: OddServer, linkedin: Network) -> None:
    odd.on(POSTS, refuses(401, 65601))
    with pytest.raises(Temporary, match="does not take your new sign-in yet") as wait:
        linkedin.publish(OUT, odd.url, given_now(), POST, TURN)
    assert (wait.value.retry_after, wait.value.status_code) == (15, 401)
    assert len(odd.asked) == 1  # what posts is never repeated within a call


@pytest.mark.parametrize(
    "extra", [{}, {"since": ""}, {"since": "never"}, {"since": "Sun, 22 Nov 2020 09:00:00 GMT"}]
)
def test_a_token_of_unknown_age_is_not_young(
    odd: OddServer, linkedin: Network, extra: dict[str, str]
) -> None:
    odd.on(POSTS, refuses(401, 65601))
    with pytest.raises(NeedsReconnecting):
        linkedin.publish(OUT, odd.url, Tokens("secret-token", extra={"author": AUTHOR} | extra), POST, TURN)


@pytest.mark.parametrize("code", [65600, 65602])
def test_a_young_token_can_be_dead(odd: OddServer, linkedin: Network, code: int) -> None:
    odd.on(POSTS, refuses(401, code))
    with pytest.raises(NeedsReconnecting):
        linkedin.publish(OUT, odd.url, given_now(), POST, TURN)


def test_what_posts_nothing_is_asked_again_at_once(odd: OddServer, linkedin: Network) -> None:
    odd.on("/rest/images", refuses(401, 65601), refuses(401, 65601), refuses(401, 65601), says(500))
    with pytest.raises(NeedsReconnecting):
        linkedin.publish(OUT, odd.url, TOKENS, Post("Hi", "en", [PNG]), TURN)
    assert len(odd.asked) == 3


# -- after an answer was lost


def test_a_trusted_duplicate_of_a_lost_post_is_ours(odd: OddServer) -> None:
    linkedin = linkedin_at(odd, TRUSTING)
    odd.on(POSTS, hangs_up, duplicate())
    with pytest.raises(Lost):
        linkedin.publish(OUT, odd.url, TOKENS, POST, TURN)
    assert linkedin.publish(OUT, odd.url, TOKENS, POST, AGAIN) == Posted(URN, f"{odd.url}/feed/update/{URN}")
    assert odd.asked[0].body == odd.asked[1].body  # else LinkedIn would not know it again


def test_a_lost_post_that_is_not_there_is_posted(odd: OddServer) -> None:
    odd.on(POSTS, says(201, x_restli_id=URN))
    assert linkedin_at(odd, TRUSTING).publish(OUT, odd.url, TOKENS, POST, AGAIN).remote_id == URN


@pytest.mark.parametrize("named", ["no name", "urn:li:activity:7", "urn:li:share:"])
def test_a_duplicate_without_a_name_stays_open(odd: OddServer, named: str) -> None:
    odd.on(POSTS, duplicate(named))
    with pytest.raises(Lost, match="did it appear"):
        linkedin_at(odd, TRUSTING).publish(OUT, odd.url, TOKENS, POST, AGAIN)


def test_without_that_trust_nothing_is_sent_on_a_guess(odd: OddServer, linkedin: Network) -> None:
    odd.on(POSTS, says(201, x_restli_id=URN))
    with pytest.raises(Lost, match="may have your post from an earlier try"):
        linkedin.publish(OUT, odd.url, TOKENS, POST, AGAIN)
    assert odd.asked == []


@pytest.mark.parametrize(
    "post",
    [
        Post("Hi", "en", [PNG]),
        Post("Hi", "en", card=Card("https://a.example", "T", thumbnail=PNG)),
    ],
)
def test_a_post_with_pictures_is_not_known_again_so_its_owner_is_asked(odd: OddServer, post: Post) -> None:
    with pytest.raises(Permanent, match="may have your post from an earlier try"):
        linkedin_at(odd, TRUSTING).publish(OUT, odd.url, TOKENS, post, AGAIN)
    assert odd.asked == []


@pytest.mark.parametrize(
    "post",
    [
        Post("Hi", "en", card=Card("https://a.example", "T")),
        Post("Hi", "en", [PNG], reshare_of="urn:li:share:7"),
    ],
)
def test_a_post_without_uploads_is_known_again(odd: OddServer, post: Post) -> None:
    odd.on(POSTS, duplicate())
    assert linkedin_at(odd, TRUSTING).publish(OUT, odd.url, TOKENS, post, AGAIN).remote_id == URN
