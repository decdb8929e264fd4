"""A mail server on this machine, which keeps what it is given and refuses what it is told to."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import NamedTuple


class Letter(NamedTuple):
    """One mail as it came over the wire."""

    sender: str
    to: list[str]
    raw: bytes

    @property
    def message(self) -> EmailMessage:
        message = message_from_bytes(self.raw, policy=policy.default)
        assert isinstance(message, EmailMessage)
        return message

    @property
    def text(self) -> str:
        return str(self.message.get_content()).replace("\r\n", "\n")


class PostOffice:
    """What came in, and what is refused.

    refused: answers to an address, in place of "250 OK". busy: an answer to every mail when its text has been sent.
    hangs_up: takes a mail and hangs up before it has said so. on_letter: called when one has come in.
    """

    def __init__(self) -> None:
        self.port = 0
        self.letters: list[Letter] = []
        self.refused: dict[str, str] = {}
        self.busy = ""
        self.hangs_up = False
        self.on_letter: Callable[[Letter], None] = lambda _letter: None

    @property
    def last(self) -> Letter:
        return self.letters[-1]


def _address(line: str) -> str:
    return line.partition("<")[2].partition(">")[0]


class Counter(socketserver.StreamRequestHandler):
    """One visit (RFC 5321)."""

    server: Hall

    def handle(self) -> None:
        office, sender, to = self.server.office, "", []
        self.say("220 post office")
        while line := self.rfile.readline().decode().rstrip("\r\n"):
            verb = line[:4].upper()
            if verb == "EHLO":
                self.say("250-post office", "250 8BITMIME")
            elif verb == "MAIL":
                sender, to = _address(line), []
                self.say("250 OK")
            elif verb == "RCPT":
                answer = office.refused.get(_address(line), "250 OK")
                to += [_address(line)] if answer.startswith("250") else []
                self.say(answer)
            elif verb == "DATA":
                self.say("354 go on")
                letter = Letter(sender, to, self.text())
                if not office.busy:
                    office.letters.append(letter)
                    office.on_letter(letter)
                if office.hangs_up:
                    return
                self.say(office.busy or "250 OK")
            elif verb == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 OK")

    def say(self, *lines: str) -> None:
        self.wfile.write("".join(f"{line}\r\n" for line in lines).encode())

    def text(self) -> bytes:
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        return b"".join(lines)


class Hall(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, office: PostOffice) -> None:
        super().__init__(("127.0.0.1", 0), Counter)
        self.office = office


@contextmanager
def open_post_office() -> Iterator[PostOffice]:
    office = PostOffice()
    with Hall(office) as hall:
        office.port = hall.server_address[1]
        thread = threading.Thread(target=hall.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield office
        finally:
            hall.shutdown()
            thread.join()
