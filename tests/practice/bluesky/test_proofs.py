"""DPoP proofs: each thing that can be wrong with one (RFC 9449 section 4.3)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from advocacy.practice.bluesky.proofs import InvalidProof, Nonces, Replays, check_claims, same_place, verified
from tests.practice.bluesky.prover import Prover, b64

URL = "http://127.0.0.1:8103/oauth/token"
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
PROVER = Prover()


def made(**more: Any) -> str:
    return PROVER.proof("POST", **{"url": URL, "iat": int(NOW.timestamp()), **more})


def check(text: str, token: str | None = None, *, method: str = "POST") -> None:
    check_claims(verified(text), method, URL, token, [NOW])


def test_a_good_proof_names_its_key_by_thumbprint() -> None:
    proof = verified(made())
    assert proof.key == verified(made()).key != verified(Prover().proof("POST", URL)).key
    check(made(token="t"), "t")
    check(made(iat=int(NOW.timestamp()) - 180))


def test_a_thumbprint_is_that_of_the_standard() -> None:
    """The example of RFC 9449 section 6.1."""
    jwk = {
        "kty": "EC",
        "x": "l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs",
        "y": "9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA",
        "crv": "P-256",
    }
    header = "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0RscEJoRjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIsImNydiI6IlAtMjU2In19"  # noqa: E501
    claims = "eyJqdGkiOiItQndDM0VTYzZhY2MybFRjIiwiaHRtIjoiUE9TVCIsImh0dSI6Imh0dHBzOi8vc2VydmVyLmV4YW1wbGUuY29tL3Rva2VuIiwiaWF0IjoxNTYyMjYyNjE2fQ"  # noqa: E501
    signature = "2-GxA6T8lP4vfrg8v-FdWP0A0zdrj8igiMLvqRMUvwnQg4PtFLbdLXiOSsX0x7NVY-FNyJK70nfbV37xRZT3Lg"
    proof = verified(f"{header}.{claims}.{signature}")
    assert proof.key == "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I" and jwk["crv"] == "P-256"
    assert proof.claims["htu"] == "https://server.example.com/token"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("junk", "Invalid Compact JWS"),
        ("", "Invalid Compact JWS"),
        ("a.b.c", "Invalid Compact JWS"),
        (made(header={"typ": "JWT"}), 'unexpected "typ"'),
        (made(header={"alg": "none"}), '"alg" must be ES256'),
        (made(header={"alg": "HS256"}), '"alg" must be ES256'),
        (made(header={"jwk": None}), "must be a public key"),
        (made(header={"jwk": {**PROVER.jwk, "d": "AQ"}}), "must be a public key"),
        (made(header={"jwk": {**PROVER.jwk, "x": b64(b"1" * 32)}}), "must be a public key"),
        (made(header={"jwk": {"kty": "RSA"}}), "must be a public key"),
        (made(header={"jwk": Prover().jwk}), "signature verification failed"),
        (made()[:-8] + "AAAAAAAA", "signature verification failed"),
    ],
)
def test_a_proof_that_is_none_is_refused(text: str, words: str) -> None:
    with pytest.raises(InvalidProof, match=words):
        verified(text)


@pytest.mark.parametrize(
    ("claims", "words"),
    [
        ({"jti": None}, '"jti" missing'),
        ({"jti": 5}, '"jti" missing'),
        ({"htm": "GET"}, '"htm" mismatch'),
        ({"htm": "post"}, '"htm" mismatch'),
        ({"htu": f"{URL}?a=1"}, '"htu" mismatch'),
        ({"htu": "http://127.0.0.1:8104/oauth/token"}, '"htu" mismatch'),
        ({"htu": "http://127.0.0.1:8103/oauth/par"}, '"htu" mismatch'),
        ({"htu": None}, '"htu" mismatch'),
        ({"iat": None}, 'missing required "iat"'),
        ({"iat": "now"}, 'missing required "iat"'),
        ({"iat": int(NOW.timestamp()) - 191}, "timestamp check failed"),
        ({"iat": int(NOW.timestamp()) + 181}, "timestamp check failed"),
        ({"token": "t"}, '"ath" claim not allowed'),
    ],
)
def test_a_proof_of_something_else_is_refused(claims: dict[str, Any], words: str) -> None:
    with pytest.raises(InvalidProof, match=words):
        check(made(**claims))


def test_a_proof_for_another_token_is_refused() -> None:
    for claims in ({}, {"token": "other"}):
        with pytest.raises(InvalidProof, match='"ath" mismatch'):
            check(made(**claims), "t")


def test_one_of_several_clocks_is_enough() -> None:
    check_claims(verified(made()), "POST", URL, None, [NOW + timedelta(hours=2), NOW])


def test_addresses_are_the_same_whatever_the_case_of_the_host() -> None:
    assert same_place("HTTP://EXAMPLE.test/a", "http://example.test/a")
    assert not same_place("http://example.test/A", "http://example.test/a")
    assert not same_place("http://example.test/a#b", "http://example.test/a")


def test_a_nonce_is_good_for_three_minutes_at_its_place() -> None:
    nonces = Nonces("secret")
    told = nonces.told("here", NOW)
    assert nonces.good("here", told, NOW) and nonces.good("here", told, NOW + timedelta(seconds=179))
    assert not nonces.good("here", told, NOW + timedelta(seconds=180))
    assert not nonces.good("there", told, NOW) and not nonces.good("here", None, NOW)
    assert Nonces("secret").good("here", told, NOW) and not Nonces("other").good("here", told, NOW)
    nonces.renew()
    assert not nonces.good("here", told, NOW) and nonces.told("here", NOW) != told


def test_a_proof_works_once_and_is_forgotten_when_too_old() -> None:
    replays = Replays()
    assert replays.first("a", NOW) and not replays.first("a", NOW) and replays.first("b", NOW)
    assert not replays.first("a", NOW + timedelta(seconds=370))
    assert replays.first("b", NOW + timedelta(seconds=370 * 2 + 1))
    assert replays.first("c", NOW) and not replays.first("c", NOW + timedelta(days=1))
