# ruff: noqa: E501 - user agents are long
"""Where a short link leads, and whose click counts."""

from __future__ import annotations

import pytest

from advocacy.links import rules

HUMANS = {
    "LinkedIn's app": "Mozilla/5.0 (iPhone; CPU iPhone OS 17_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 [LinkedInApp]/9.30",
    "Facebook's app": "Mozilla/5.0 (iPhone; CPU iPhone OS 16_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/20A362 [FBAN/FBIOS;FBAV/400.0.0.0;FBDV/iPhone14,5;FBSN/iOS]",
    "Instagram's app": "Mozilla/5.0 (Linux; Android 14; Pixel 8 Build/AP2A.240805.005; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/127.0.6533.103 Mobile Safari/537.36 Instagram 340.0.0.22.109 Android",
    "X's app": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 Twitter for iPhone/10.60",
    "Chrome": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36",
    "Firefox": "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0",
    "Safari": "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15",
    "a Cubot phone": "Mozilla/5.0 (Linux; Android 13; CUBOT_X30) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Mobile Safari/537.36",
}
ROBOTS = {
    "nothing": "",
    "spaces": "   ",
    "LinkedIn": "LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient +http://www.linkedin.com)",
    "Facebook": "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    "Meta": "meta-externalagent/1.1 (+https://developers.facebook.com/docs/sharing/webmasters/crawler)",
    "Mastodon": "Mastodon/4.3.0 (http.rb/5.2.0; +https://mastodon.example/)",
    "older Mastodon": "http.rb/5.1.1 (Mastodon/4.2.1; +https://mastodon.example/) Bot",
    "Pleroma": "Pleroma 2.6.0; https://pleroma.example <admin@pleroma.example>",
    "Akkoma": "Akkoma 3.10.4; https://akkoma.example",
    "Misskey": "Misskey/2024.5.0 (https://misskey.example)",
    "Bluesky": "Mozilla/5.0 (compatible; Bluesky Cardyb/1.1; +mailto:support@bsky.app)",
    "WhatsApp": "WhatsApp/2.23.20.0",
    "Telegram": "TelegramBot (like TwitterBot)",
    "X": "Twitterbot/1.0",
    "Slack": "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
    "Discord": "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)",
    "Apple's preview": "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_11_1) AppleWebKit/601.2.4 (KHTML, like Gecko) Version/9.0.1 Safari/601.2.4 facebookexternalhit/1.1 Facebot Twitterbot/1.0",
    "Skype": "Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5",
    "XING": "XING-contenttabreceiver/2.0",
    "Google": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "a mail scanner": "Mozilla/5.0 (compatible; Barracuda Sentinel)",
    "curl": "curl/8.5.0",
    "Python": "python-requests/2.32.3",
    "Go": "Go-http-client/2.0",
}


@pytest.mark.parametrize("agent", HUMANS.values(), ids=HUMANS)
def test_people_are_counted(agent: str) -> None:
    assert rules.is_counted(agent)


@pytest.mark.parametrize("agent", ROBOTS.values(), ids=ROBOTS)
def test_robots_are_left_out(agent: str) -> None:
    assert not rules.is_counted(agent)


@pytest.mark.parametrize("purpose", ["prefetch", "prefetch;prerender", "Preview"])
def test_a_browser_that_fetches_ahead_is_left_out(purpose: str) -> None:
    assert not rules.is_counted(HUMANS["Safari"], purpose)


@pytest.mark.parametrize(
    ("url", "query"),
    [
        ("https://n.example/a", "utm_source=x&utm_medium=advocacy&utm_campaign=k"),
        ("https://n.example/a?b=1;c&d", "b=1;c&d&utm_source=x&utm_medium=advocacy&utm_campaign=k"),
        (
            "https://n.example/a?q=a%20b+c&sig=%2F=",
            "q=a%20b+c&sig=%2F=&utm_source=x&utm_medium=advocacy&utm_campaign=k",
        ),
        ("https://n.example/a?utm_source=press", "utm_source=press&utm_medium=advocacy&utm_campaign=k"),
        (
            "https://n.example/?utm_source=&utm_medium=m&utm_campaign=c",
            "utm_source=&utm_medium=m&utm_campaign=c",
        ),
    ],
)
def test_tagged_keeps_what_the_address_says_to_the_letter(url: str, query: str) -> None:
    made = rules.tagged(f"{url}#part", network="x", campaign="k")
    assert made == f"{url.split('?')[0]}?{query}#part"


def test_new_code_is_short_and_never_misread() -> None:
    codes = {rules.new_code() for _ in range(200)}
    assert len(codes) == 200
    assert all(len(code) == 9 and not set(code) & set("01lio") for code in codes)
