"""The network's view of posts, read by anybody."""

from __future__ import annotations

import requests

from advocacy.practice.bluesky import rules
from tests.practice.bluesky.test_oauth import says
from tests.practice.bluesky.wayfarer import POST, Caller, Wayfarer, text


def test_posts_are_shown_with_their_author_and_counts(ada: Caller) -> None:
    blob = ada.upload().json()["blob"]
    card = {"uri": "https://e.example/a", "title": "T", "description": "D", "thumb": blob}
    put = ada.put(text("A card", embed={"$type": "app.bsky.embed.external", "external": card})).json()
    (post,) = ada.query("app.bsky.feed.getPosts", uris=put["uri"]).json()["posts"]
    assert (post["uri"], post["cid"], post["record"]["text"]) == (put["uri"], put["cid"], "A card")
    assert (post["author"]["did"], post["author"]["handle"]) == (ada.did, "ada.practice.test")
    assert [post[f"{name}Count"] for name in ("like", "repost", "reply", "quote", "bookmark")] == [0] * 5
    view = post["embed"]["external"]
    assert (view["uri"], view["title"], view["description"]) == ("https://e.example/a", "T", "D")
    assert requests.get(view["thumb"], timeout=5).headers["Content-Type"] == "image/jpeg"


def test_pictures_are_shown_in_two_sizes(ada: Caller) -> None:
    one = {"alt": "A square", "image": ada.upload().json()["blob"], "aspectRatio": {"width": 4, "height": 3}}
    ada.put(text(embed={"$type": "app.bsky.embed.images", "images": [one]}))
    (first, *_) = ada.query("app.bsky.feed.getAuthorFeed", actor=ada.did).json()["feed"]
    (image,) = first["post"]["embed"]["images"]
    assert (image["alt"], image["aspectRatio"]) == ("A square", {"width": 4, "height": 3})
    for size, mime in (("thumb", "image/jpeg"), ("fullsize", "image/png")):
        assert requests.get(image[size], timeout=5).headers["Content-Type"] == mime


def test_reactions_are_the_records_of_others(ada: Caller) -> None:
    put = ada.put(text("Like me")).json()
    carl = Wayfarer(ada.network, "carl").connected()
    subject = {"uri": put["uri"], "cid": put["cid"]}
    for name in ("like", "repost"):
        record = {"subject": subject, "createdAt": "2026-11-25T00:00:00Z"}
        assert carl.put(record, collection=f"app.bsky.feed.{name}").json()["validationStatus"] == "valid"
    (post,) = ada.query("app.bsky.feed.getPosts", uris=put["uri"]).json()["posts"]
    assert (post["likeCount"], post["repostCount"]) == (1, 1)


def test_at_most_25_are_asked_for_and_those_that_are_gone_are_left_out(ada: Caller) -> None:
    put = ada.put().json()
    gone = f"at://{ada.did}/{POST}/3n33vhlveee22"
    found = ada.query("app.bsky.feed.getPosts", uris=[put["uri"], gone, "at://eve.practice.test/x.y.z/self"])
    assert [post["uri"] for post in found.json()["posts"]] == [put["uri"]]
    assert len(ada.query("app.bsky.feed.getPosts", uris=[put["uri"]] * 25).json()["posts"]) == 1
    says(ada.query("app.bsky.feed.getPosts", uris=[gone] * 26), 400, "InvalidRequest", "25")
    says(ada.query("app.bsky.feed.getPosts"), 400, "InvalidRequest", "uris")
    says(ada.query("app.bsky.feed.getPosts", uris="https://x"), 400, "InvalidRequest", "at-uris")


def test_a_feed_goes_on_at_a_cursor(ada: Caller) -> None:
    made = [ada.put().json()["uri"] for _ in range(2)]
    page = ada.query("app.bsky.feed.getAuthorFeed", actor="ada.practice.test", limit=1).json()
    onward = ada.query("app.bsky.feed.getAuthorFeed", actor=ada.did, limit=1, cursor=page["cursor"]).json()
    assert [one["post"]["uri"] for one in page["feed"] + onward["feed"]] == made[::-1]
    says(ada.query("app.bsky.feed.getAuthorFeed", actor="eve.practice.test"), 400, "InvalidRequest")


def test_what_is_no_post_is_not_shown(ada: Caller) -> None:
    put = ada.put({"text": 5}, validate=False).json()
    assert ada.query("app.bsky.feed.getPosts", uris=put["uri"]).json() == {"posts": []}


def test_a_profile_is_shown(ada: Caller) -> None:
    ada.put()
    told = ada.query("app.bsky.actor.getProfile", actor="ada.practice.test").json()
    assert (
        told["did"] == rules.did_of("ada") and told["displayName"] == "Ada Lindqvist" and told["postsCount"]
    )
    assert requests.get(told["avatar"], timeout=5).status_code == 200


def test_a_token_that_is_given_must_be_good(ada: Caller) -> None:
    url = f"{ada.network.url}/xrpc/app.bsky.actor.getProfile?actor={ada.did}"
    says(requests.get(url, headers={"Authorization": "Bearer junk"}, timeout=5), 400, "InvalidToken")
