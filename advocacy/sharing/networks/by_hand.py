"""Sharing by hand: the network's own dialog, which the person fills in or finds filled in, and posts from herself."""

from __future__ import annotations

from urllib.parse import quote

from advocacy.errors import N_, Refused
from advocacy.sharing.networks.facts import Previewed


class ByHand(Previewed):
    """A network reached without a connection; whether anything was posted only the person can say."""

    @property
    def prefills_text(self) -> bool:
        """Whether the dialog takes our words; if not, they have to be copied and pasted."""
        return "{text}" in self.facts.dialog

    @property
    def prefills_url(self) -> bool:
        """Whether the dialog takes the link, by itself or within the words."""
        return "{url}" in self.facts.dialog or self.prefills_text

    @property
    def needs_server(self) -> bool:
        """Whether the person has to name her server for the dialog to be found."""
        return "{server}" in self.facts.dialog

    def dialog_url(self, text: str, url: str = "", server: str = "") -> str:
        """The address of the share dialog, with as much filled in as it takes; raises Refused without its server."""
        host = server.removeprefix("https://").removeprefix("http://").strip("/")
        if self.needs_server and not host:
            raise Refused(N_("Please say which server your account is on."))
        if "{url}" not in self.facts.dialog and url and url not in text:
            text = f"{text.rstrip()}\n\n{url}".strip()
        if "{url}" in self.facts.dialog and self.prefills_text:
            text = text.removesuffix(url).rstrip() if url else text
        return self.facts.dialog.format(
            server=quote(host, safe=":.-[]"), text=quote(text, safe=""), url=quote(url, safe="")
        )
