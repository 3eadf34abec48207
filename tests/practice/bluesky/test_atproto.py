"""The Python SDK of the AT Protocol, written by others for the real thing, works here unmodified."""

from __future__ import annotations

import hashlib
import warnings
from datetime import timedelta

import pytest

from advocacy.practice.bluesky import rules
from advocacy.practice.bluesky.cids import record_cid
from tests.practice.network import Network, picture

with warnings.catch_warnings():  # its models are made by a library that warns of itself
    warnings.simplefilter("ignore")
    import libipld
    from atproto import AtUri, Client, client_utils, models
    from atproto.exceptions import BadRequestError, UnauthorizedError

pytestmark = pytest.mark.filterwarnings("ignore:Use 'content")  # the SDK hands bytes to httpx in an older way


@pytest.fixture
def client(network: Network) -> Client:
    """Ada's app, signed in with her app password."""
    client = Client(base_url=f"{network.url}/xrpc")
    profile = client.login("ada.practice.test", rules.app_password_of("ada"))
    assert (profile.did, profile.display_name) == (rules.did_of("ada"), "Ada Lindqvist")
    return client


def test_it_posts_text_with_facets_and_a_card_and_deletes(client: Client) -> None:
    words = (
        client_utils.TextBuilder()
        .text("Grüße ")
        .link("the page", "https://e.example/a")
        .text(" ")
        .tag("#x", "x")
    )
    thumb = client.upload_blob(picture()).blob
    card = models.AppBskyEmbedExternal.External(
        uri="https://e.example/a", title="T", description="D", thumb=thumb
    )
    made = client.send_post(words, embed=models.AppBskyEmbedExternal.Main(external=card), langs=["de"])
    (post,) = client.get_posts([made.uri]).posts
    assert post.cid == made.cid and post.record.text == "Grüße the page #x"
    assert post.embed is not None and post.embed.external.title == "T"
    assert post.author.handle == "ada.practice.test" and post.like_count == 0
    assert client.get_author_feed("ada.practice.test").feed[0].post.uri == made.uri
    assert client.like(made.uri, made.cid).uri and client.get_posts([made.uri]).posts[0].like_count == 1
    assert client.delete_post(made.uri) is True
    assert client.get_posts([made.uri]).posts == []


def test_it_posts_pictures(client: Client) -> None:
    made = client.send_images("Two", [picture(), picture(8, 8)], ["One", "Two"])
    (post,) = client.get_posts([made.uri]).posts
    assert post.embed is not None and [one.alt for one in post.embed.images] == ["One", "Two"]


def test_it_puts_a_record_twice(client: Client) -> None:
    record = {"$type": "app.bsky.feed.post", "text": "Once", "createdAt": "2026-11-25T00:00:00.000Z"}
    data = {
        "repo": client.me.did,
        "collection": "app.bsky.feed.post",
        "rkey": rules.tid(1 << 60),
        "record": record,
    }
    first, again = (client.com.atproto.repo.put_record(data) for _ in range(2))
    assert first.uri == again.uri and first.cid == again.cid and first.commit and not again.commit
    kept = client.com.atproto.repo.get_record({"repo": client.me.did, **_place(first.uri)})
    assert kept.cid == first.cid == record_cid(record)
    raw = libipld.encode_dag_cbor(record)
    assert libipld.decode_cid(first.cid)["hash"]["digest"] == hashlib.sha256(raw).digest()


def _place(uri: str) -> dict[str, str]:
    parts = AtUri.from_str(uri)
    return {"collection": parts.collection, "rkey": parts.rkey}


def test_it_tells_what_is_refused(client: Client, network: Network) -> None:
    with pytest.raises(BadRequestError, match="grapheme too big"):
        client.send_post("x" * 301)
    with pytest.raises(UnauthorizedError, match="Invalid identifier or password"):
        Client(base_url=f"{network.url}/xrpc").login("ada.practice.test", "wrong")


def test_it_goes_on_with_an_exported_session(client: Client, network: Network) -> None:
    network.clock.ahead = timedelta(hours=-3)
    client.login("ada.practice.test", rules.app_password_of("ada"))
    network.clock.ahead = timedelta()
    other = Client(base_url=f"{network.url}/xrpc")
    other.login(session_string=client.export_session_string())
    assert other.send_post("After a renewal").uri
    assert "refresh_session" in {call["kind"] for call in network.ledger()}
