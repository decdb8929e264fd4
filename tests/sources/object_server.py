"""A server on loopback that speaks as much of S3 as captures need: PUT, GET and HEAD of objects, path-style.

By the Amazon S3 API Reference (PutObject, GetObject, HeadObject): `If-None-Match: *` on PUT answers 412 if the object
is there; what is not there is 404 with an error in XML. Signatures are not verified.
"""

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit


@dataclass
class Objects:
    """What is stored, and what a test has the server do otherwise."""

    url: str = ""
    stored: dict[str, bytes] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    credentials: set[str] = field(default_factory=set)
    knows_conditions: bool = True
    blind: int = 0  # so many times HEAD finds nothing, as if another process wrote a moment later
    out_of_service: bool = False


def _handler(objects: Objects) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        @property
        def key(self) -> str:
            return unquote(urlsplit(self.path).path)

        def _answer(self, status: int, body: bytes = b"", code: str = "") -> None:
            if code:
                body = f"<Error><Code>{code}</Code><Message>In words.</Message></Error>".encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("ETag", '"1"')
            self.send_header("Last-Modified", formatdate(0, usegmt=True))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        def _begin(self) -> bytes:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            objects.asked.append((self.command, self.key))
            objects.credentials.add(self.headers.get("Authorization", "").partition("Credential=")[2].partition("/")[0])
            return body

        def do_PUT(self) -> None:
            body = self._begin()
            condition = self.headers.get("If-None-Match")
            if objects.out_of_service:
                self._answer(403, code="AccessDenied")
            elif condition and not objects.knows_conditions:
                self._answer(501, code="NotImplemented")
            elif condition == "*" and self.key in objects.stored:
                self._answer(412, code="PreconditionFailed")
            else:
                objects.stored[self.key] = body
                self._answer(200)

        def do_GET(self) -> None:
            self._begin()
            if self.command == "HEAD" and objects.blind:
                objects.blind -= 1
                self._answer(404)
            elif self.key in objects.stored:
                self._answer(200, objects.stored[self.key])
            else:
                self._answer(404, code="NoSuchKey")

        def do_HEAD(self) -> None:
            self.do_GET()

        def log_message(self, *arguments: object) -> None:
            pass

    return Handler


@contextlib.contextmanager
def object_serving() -> Iterator[Objects]:
    objects = Objects()
    with ThreadingHTTPServer(("127.0.0.1", 0), _handler(objects)) as server:
        server.daemon_threads = True
        objects.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield objects
        server.shutdown()
        thread.join()
