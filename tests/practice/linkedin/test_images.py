"""Images: uploading them, and showing them in posts."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
import requests
from PIL import Image

from tests.practice.linkedin.wayfarer import Caller
from tests.practice.network import picture

ARTICLE = {"source": "https://a.example/new-office", "title": "A new office"}


def test_an_image_with_its_words_is_shown(ada: Caller) -> None:
    urn = ada.urn_of("Look", content={"media": {"id": ada.image(), "altText": 'A "blue" square'}})
    page = ada.page(urn).text
    assert 'alt="A &#34;blue&#34; square"' in page
    source = page.split('<img src="/media/')[1].split('"')[0]
    for size in (source, source.replace("small", "original")):
        assert requests.get(f"{ada.network.url}/media/{size}", timeout=5).status_code == 200


def test_an_article_has_its_thumbnail(ada: Caller) -> None:
    article = ARTICLE | {"thumbnail": ada.image(), "thumbnailAltText": "A door", "description": "x"}
    page = ada.page(ada.urn_of("Read", content={"article": article})).text
    assert 'alt="A door"' in page and "A new office" in page and "a.example" in page


def test_two_to_twenty_images_make_one_post(ada: Caller) -> None:
    images = [{"id": ada.image(), "altText": f"Picture {n}"} for n in range(2)]
    urn = ada.urn_of("Two", content={"multiImage": {"images": images}})
    assert urn.startswith("urn:li:ugcPost:") and "Picture 1" in ada.page(urn).text
    for wrong in (images[:1], images * 11):
        answer = ada.post("Wrong", content={"multiImage": {"images": wrong}})
        assert answer.status_code == 422
    assert ada.post("Twenty", content={"multiImage": {"images": images * 10}}).status_code == 201


def test_the_address_is_told_as_documented(ada: Caller) -> None:
    value = ada.expect_upload().json()["value"]
    assert set(value) == {"uploadUrlExpiresAt", "uploadUrl", "image"}
    assert value["image"].startswith("urn:li:image:") and value["uploadUrl"].startswith(ada.network.url)


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"json": {}}, 422),
        ({"json": {"initializeUploadRequest": {}}}, 422),
        ({"json": {"initializeUploadRequest": {"owner": "urn:li:person:other"}}}, 403),
        ({"json": {"initializeUploadRequest": {"owner": "o", "fileSizeBytes": 5}}}, 422),
        ({"headers": {"LinkedIn-Version": None}}, 400),
        ({"headers": {"X-RestLi-Method": "CREATE"}}, 400),
        ({"json": None, "data": "x"}, 415),
    ],
)
def test_a_wrong_beginning_is_refused(ada: Caller, wrong: dict[str, Any], status: int) -> None:
    assert ada.expect_upload(**wrong).status_code == status


@pytest.mark.parametrize("query", ["", "?action=registerUpload", "?action=initializeUpload&x=1"])
def test_the_action_must_be_the_known_one(ada: Caller, query: str) -> None:
    sent = {"initializeUploadRequest": {"owner": ada.urn}}
    assert ada.call("POST", f"/rest/images{query}", json=sent).status_code == 400


def gif(frames: int) -> bytes:
    buffer = BytesIO()
    # GIF drops frames that equal the one before.
    first, *others = [Image.new("L", (2, 2), n % 256) for n in range(frames)]
    first.save(buffer, "GIF", save_all=True, append_images=others)
    return buffer.getvalue()


def webp() -> bytes:
    buffer = BytesIO()
    Image.new("RGB", (2, 2)).save(buffer, "WEBP")
    return buffer.getvalue()


def test_only_images_that_are_supported_are_taken(ada: Caller) -> None:
    url = ada.expect_upload().json()["value"]["uploadUrl"]
    huge = BytesIO()
    Image.new("1", (7000, 6000)).save(huge, "PNG")
    for data in (b"", b"text", webp(), gif(251), huge.getvalue()):
        assert ada.call("PUT", url, data=data).status_code == 400
    assert ada.call("PUT", url, files={"file": picture()}).status_code == 400
    for data in (gif(3), picture()):
        assert ada.call("PUT", url, data=data).status_code == 201


def test_the_file_goes_up_in_one_request_with_the_members_token(ada: Caller, carl: Caller) -> None:
    url = ada.expect_upload().json()["value"]["uploadUrl"]
    part = {"Content-Range": "bytes 0-9/100"}
    assert ada.call("PUT", url, data=picture(), headers=part).status_code == 400
    assert requests.put(url, data=picture(), timeout=5).status_code == 401
    assert carl.call("PUT", url, data=picture()).status_code == 403
    assert ada.call("PUT", url.partition("?")[0], data=picture()).status_code == 404
    assert ada.call("PUT", url + "x", data=picture()).status_code == 404
    ada.network.clock.ahead = timedelta(hours=1)
    assert ada.call("PUT", url, data=picture()).status_code == 400


def test_an_image_must_be_uploaded_and_ones_own(ada: Caller, carl: Caller) -> None:
    waiting = ada.expect_upload().json()["value"]["image"]
    for content in ({"media": {"id": waiting}}, {"article": ARTICLE | {"thumbnail": waiting}}):
        answer = ada.post("Early", content=content)
        assert answer.json()["errorDetails"]["inputErrors"][0]["code"] == "MEDIA_ASSET_WAITING_UPLOAD"
    assert carl.post("Not mine", content={"media": {"id": ada.image()}}).status_code == 403
