"""Pictures: uploading them, the words for them, and showing them in posts."""

from __future__ import annotations

import time
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
import requests
from PIL import Image

from advocacy.practice.x import rules
from tests.practice.network import Network, picture
from tests.practice.x.test_api import message
from tests.practice.x.wayfarer import Caller, Wayfarer


def new(words: str) -> str:
    """Words that were not posted before."""
    return f"{words} {time.time_ns()}"


def file_of(kind: str, size: tuple[int, int] = (8, 8)) -> bytes:
    buffer = BytesIO()
    Image.new("RGB", size, "#336").save(buffer, kind)
    return buffer.getvalue()


def test_a_picture_is_uploaded_described_and_posted(ada: Caller) -> None:
    data = ada.upload().json()["data"]
    assert set(data) == {"id", "media_key", "size", "expires_after_secs"}
    assert rules.is_id(data["id"]) and data["media_key"] == f"3_{data['id']}"
    assert (data["size"], data["expires_after_secs"]) == (len(picture()), 86400)
    told = ada.describe(data["id"], 'A "blue" square')
    words = {"alt_text": {"text": 'A "blue" square'}}
    assert told.status_code == 200
    assert told.json() == {"data": {"id": data["id"], "associated_metadata": words}}
    one = ada.id_of(new("Look"), media={"media_ids": [data["id"]]})
    page = ada.page(one).text
    assert 'alt="A &#34;blue&#34; square"' in page
    source = page.split('<img src="/media/')[1].split('"')[0]
    for size in (source, source.replace("small", "original")):
        assert requests.get(f"{ada.network.url}/media/{size}", timeout=5).status_code == 200
    (read,) = ada.look_up(one, fields="attachments,entities")["data"]
    assert read["attachments"] == {"media_keys": [data["media_key"]]}
    assert read["entities"]["urls"][0]["media_key"] == data["media_key"]
    assert read["entities"]["urls"][0]["display_url"].startswith("pic.x.com/")


def test_four_pictures_stand_alone(ada: Caller) -> None:
    ids = [ada.media(f"Picture {n}") for n in range(4)]
    answer = ada.send({"media": {"media_ids": ids, "tagged_user_ids": [ada.id]}})
    assert answer.status_code == 201 and answer.json()["data"]["text"].startswith("https://t.co/")
    page = ada.page(answer.json()["data"]["id"]).text
    assert all(f'alt="Picture {n}"' in page for n in range(4))
    assert ada.send({"media": {"media_ids": ids}}).status_code == 201  # no text, so no duplicate
    assert "invalid" in message(ada.post("Twice", media={"media_ids": [ids[0], ids[0]]}))
    assert "1 and 10" in message(ada.post("a", media={"media_ids": ids, "tagged_user_ids": ["1"] * 11}))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"media_category": None}, "$.media_category: is missing"),
        ({"media_category": "tweet_video"}, "does not have a value in the enumeration"),
        ({"media_type": "image/jpeg"}, "The media is image/png."),
        ({"media_type": "image/svg+xml"}, "The media is image/png."),
        ({"alt_text": "x"}, "$.alt_text: is not defined in the schema"),
        ({"shared": "true"}, "not played"),
        ({"data": b"no picture"}, "media type unrecognized."),
        ({"data": file_of("GIF")}, "media type unrecognized."),
    ],
)
def test_a_wrong_upload_is_refused(ada: Caller, change: dict[str, Any], words: str) -> None:
    assert words in message(ada.upload(**change))


def test_an_upload_is_multipart_with_a_file(ada: Caller) -> None:
    form = {"media_category": "tweet_image"}
    path = "/2/media/upload"
    assert "multipart" in message(ada.call("POST", path, data=form | {"media": "x"}))
    assert "multipart" in message(ada.call("POST", path, json=form))
    assert "$.media: is missing" in message(
        ada.call("POST", path, files={"media_category": (None, "tweet_image")})
    )
    assert "[command]" in message(ada.call("POST", path, params={"command": "INIT"}, files={"media": b"x"}))


def test_a_picture_has_at_most_five_megabytes(ada: Caller) -> None:
    data = picture()
    full = data + b"\0" * (rules.MAX_IMAGE_BYTES - len(data))
    assert ada.upload(full).status_code == 200
    assert "exceeds 5242880 bytes" in message(ada.upload(full + b"\0"))


def test_a_picture_may_be_of_other_kinds(ada: Caller) -> None:
    assert ada.upload(file_of("JPEG"), media_type="image/jpeg").status_code == 200
    assert ada.upload(file_of("WEBP"), media_type=None).status_code == 200


def test_a_picture_is_its_owners_and_lives_a_day(ada: Caller, carl: Caller) -> None:
    mine, hers = carl.media(), ada.media()
    post = {"media_ids": [hers]}
    assert message(carl.post("Not mine", media=post)) == "Your media IDs are invalid."
    assert message(carl.describe(hers, "No")) == "Your media IDs are invalid."
    assert carl.post(new("Mine"), media={"media_ids": [mine]}).status_code == 201
    ada.network.clock.ahead = timedelta(hours=24)
    late = Wayfarer(ada.network).connected()
    assert message(late.post("Late", media=post)) == "Your media IDs are invalid."
    assert message(late.describe(hers, "Late")) == "Your media IDs are invalid."


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({}, "$.id: is missing"),
        ({"id": "1"}, "$.metadata: is missing"),
        ({"id": 1, "metadata": {}}, "$.id: integer found, string expected"),
        ({"id": "x", "metadata": {}}, "does not match the regex"),
        ({"id": "1", "metadata": {}}, "$.metadata.alt_text: null found"),
        ({"id": "1", "metadata": {"alt_text": "A square"}}, "string found, object expected"),
        (
            {"id": "1", "metadata": {"alt_text": {"text": "A", "lang": "en"}}},
            "$.metadata.alt_text.lang: is not defined",
        ),
        ({"id": "1", "metadata": {"alt_text": {"text": "x" * 1001}}}, "may only be 1000 characters long"),
        ({"id": "1", "metadata": {"alt_text": {"text": ""}}}, "not empty"),
        ({"media_id": "1", "alt_text": {"text": "A"}}, "$.media_id: is not defined in the schema"),
    ],
)
def test_wrong_words_are_refused(ada: Caller, sent: Any, words: str) -> None:
    assert words in message(ada.call("POST", "/2/media/metadata", json=sent))


def test_words_have_at_most_1000_characters(ada: Caller) -> None:
    assert ada.describe(ada.media(), "日" * 1000).status_code == 200


def test_no_picture_is_where_there_is_none(network: Network) -> None:
    for number in ("5", "9" * 30):
        assert requests.get(f"{network.url}/media/{number}/small", timeout=5).status_code == 404
