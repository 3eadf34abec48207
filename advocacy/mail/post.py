"""How letters leave: by SMTP, or as files in a folder and, in the demo, a line in the terminal."""

from __future__ import annotations

import re
import smtplib
import ssl
import sys
from collections.abc import Collection, Iterator
from email.message import EmailMessage
from email.utils import parseaddr
from pathlib import Path
from typing import Protocol

TIMEOUT = 20.0  # seconds


class NotSent(Exception):
    """A letter did not go out; `for_good` when trying again will not help."""

    def __init__(self, problem: str, *, for_good: bool) -> None:
        super().__init__(problem)
        self.for_good = for_good


class Post(Protocol):
    """Whatever takes letters away."""

    def send(self, message: EmailMessage) -> None:
        """Hand one letter over; raises NotSent."""

    def kept(self) -> Iterator[tuple[str, Path]]:
        """The code of every letter that lies here as a file, and where."""

    def close(self) -> None:
        """End what was opened for sending."""


class SmtpPost:
    """Letters by SMTP (RFC 5321), one connection for as many as there are."""

    def __init__(self, host: str, port: int, *, username: str, password: str, encryption: str) -> None:
        self.host, self.port = host, port
        self.username, self.password, self.encryption = username, password, encryption
        self._connection: smtplib.SMTP | None = None

    def send(self, message: EmailMessage) -> None:
        """Hand one letter to the server; what it refuses with a 5xx for this address is refused for good."""
        try:
            if self._connection is None:
                self._connection = self._connect()
            self._connection.send_message(message)
        except (OSError, smtplib.SMTPException, UnicodeError) as error:
            self.close()
            raise NotSent(_words(error), for_good=_is_for_good(error)) from error

    def kept(self) -> Iterator[tuple[str, Path]]:
        """None: the server has them."""
        return iter(())

    def close(self) -> None:
        """Take leave of the server."""
        connection, self._connection = self._connection, None
        if connection is not None:
            try:
                connection.quit()
            except (OSError, smtplib.SMTPException):
                connection.close()

    def _connect(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        if self.encryption == "tls":
            connection: smtplib.SMTP = smtplib.SMTP_SSL(
                self.host, self.port, timeout=TIMEOUT, context=context
            )
        else:
            connection = smtplib.SMTP(self.host, self.port, timeout=TIMEOUT)
        try:
            if self.encryption == "starttls":
                connection.starttls(context=context)
            if self.username:
                connection.login(self.username, self.password)
        except BaseException:
            connection.close()
            raise
        return connection


class FilePost:
    """Letters as .eml files; `shown`, what a person needs of them stands in the terminal too: for the demo.

    Elsewhere it is not: what is printed is kept in journals, and a link to sign in is a key.
    """

    def __init__(self, folder: Path, *, shown: bool) -> None:
        self.folder, self.shown = folder, shown

    def send(self, message: EmailMessage) -> None:
        """Keep one letter under its Message-ID, so that sending it twice keeps it once."""
        name = re.sub(r"[^A-Za-z0-9]+", "-", str(message["Message-ID"])).strip("-")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            begun = self.folder / f"{name}.part"
            begun.write_bytes(bytes(message))
            begun.replace(self.folder / f"{name}.eml")  # so that nobody reads half a letter
        except OSError as error:
            raise NotSent(_words(error), for_good=False) from error
        if self.shown:
            self._show(message)

    def _show(self, message: EmailMessage) -> None:
        body = message.get_body(("plain",))
        links = re.findall(r"https?://\S+", body.get_content() if body else "")
        sys.stdout.write(
            f"Letter to {message['To']}: {message['Subject']}\n" + "".join(f"  {url}\n" for url in links[:1])
        )
        sys.stdout.flush()

    def kept(self) -> Iterator[tuple[str, Path]]:
        """Every letter in the folder, a half one too; its Message-ID begins with its code. The rest is left alone."""
        for place in (*self.folder.glob("*.eml"), *self.folder.glob("*.part")):
            named = re.match(r"([0-9a-f]{32})-", place.name)
            if named:
                yield named[1], place

    def close(self) -> None:
        """Nothing was opened."""


_post: Post | None = None
_sender = ""


def configure(post: Post, *, sender: str) -> None:
    """Send letters this way, from this address ("Name <address>")."""
    global _post, _sender
    _post, _sender = post, sender


def made(
    way: str,
    *,
    folder: Path,
    host: str,
    port: int,
    username: str,
    password: str,
    encryption: str,
    shown: bool = False,
) -> Post:
    """The way of sending that the settings name; `folder` is where letters lie that are files."""
    if way == "file":
        return FilePost(folder, shown=shown)
    return SmtpPost(host, port, username=username, password=password, encryption=encryption)


def chosen() -> Post:
    """The way of sending in use."""
    if _post is None:
        raise RuntimeError("post.configure was not called")
    return _post


def forget(codes: Collection[str]) -> int:
    """Delete the files of these letters, where letters are files; returns how many."""
    if _post is None or not codes:
        return 0
    mine = [place for code, place in _post.kept() if code in codes]
    for place in mine:
        place.unlink(missing_ok=True)
    return len(mine)


def sender() -> str:
    """Whom letters come from."""
    return _sender


def sender_host() -> str:
    """The host in the sender's address, which Message-IDs bear."""
    return parseaddr(_sender)[1].rpartition("@")[2] or "localhost"


def _is_for_good(error: Exception) -> bool:
    """Only what the server says about this very address; a wrong password or sender is for the operator to mend."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _words in error.recipients.values())
    if isinstance(error, smtplib.SMTPDataError):
        return error.smtp_code >= 500
    return isinstance(error, smtplib.SMTPNotSupportedError | UnicodeError)


def _words(error: Exception) -> str:
    """What went wrong, as the server or the system put it."""
    said: tuple[int, bytes | str] | None = None
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        said = next(iter(error.recipients.values()))
    elif isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_code, error.smtp_error
    if said is None:
        return f"{type(error).__name__}: {error}"
    code, words = said
    return f"{code} {words.decode(errors='replace') if isinstance(words, bytes) else words}"
