"""Addresses that must never be contacted, by whatever way they are written or reached."""

import sys
from collections.abc import Iterator

import pytest

from sources.addresses import RefusedAddress, networks, vet, vet_ip
from sources.replies import Fault
from tests.sources.web import Web, serving

WRITTEN = [
    # This machine and its networks, plainly
    "http://127.0.0.1/",
    "http://127.8.9.10/",
    "http://0.0.0.0/",
    "http://10.0.0.1/",
    "http://172.16.0.1/",
    "http://172.31.255.255/",
    "http://192.168.1.1/",
    "http://169.254.169.254/latest/meta-data/",
    "http://168.63.129.16/metadata",
    "http://100.64.0.1/",
    "http://100.100.100.200/latest/meta-data/",
    "http://192.0.0.192/",
    "http://192.0.2.1/",
    "http://198.18.0.1/",
    "http://198.51.100.7/",
    "http://203.0.113.7/",
    "http://224.0.0.1/",
    "http://240.0.0.1/",
    "http://255.255.255.255/",
    # Numbers in disguise
    "http://2130706433/",
    "http://017700000001/",
    "http://0x7f000001/",
    "http://0x7f.0.0.1/",
    "http://0177.0.0.1/",
    "http://127.1/",
    "http://127.0.1/",
    "http://127.0.0.1./",
    "http://0/",
    "http://１２７.０.０.１/",
    "http://127。0。0。1/",
    "http://①②⑦.⓪.⓪.①/",
    "http://%31%32%37.0.0.1/",
    "http://0x/",
    # IPv6, plain and wrapped
    "http://[::1]/",
    "http://[::]/",
    "http://[::127.0.0.1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://[::ffff:169.254.169.254]/",
    "http://[::ffff:100.64.0.1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[64:ff9b:1::a9fe:a9fe]/",
    "http://[2002:7f00:1::]/",
    "http://[2002:a9fe:a9fe::1]/",
    "http://[2001:0:4136:e378:8000:63bf:80ff:fffe]/",
    "http://[fe80::1]/",
    "http://[fe80::1%25eth0]/",
    "http://[fec0::1]/",
    "http://[fc00::1]/",
    "http://[fd00:ec2::254]/",
    "http://[ff02::1]/",
    "http://[2001:db8::1]/",
    "http://[2001:4860::5efe:127.0.0.1]/",
    "http://[100::1]/",
    # Names of this machine
    "http://localhost/",
    "http://LOCALHOST./",
    "http://printer.local/",
    "http://metadata.google.internal/",
    "http://intranet/",
    "http://foo.localhost/",
    # Two readers, two hosts
    "http://example.org@127.0.0.1/",
    "http://user:secret@example.org/",
    "http://127.0.0.1\\@example.org/",
    "http://example.org\\@127.0.0.1/",
    "http://example.org:80@127.0.0.1/",
    "http://127.0.0.1#@example.org/",
    "http://127.0.0.1?@example.org/",
    "http://[::1]example.org/",
    "http:127.0.0.1/",
    "http:///127.0.0.1/",
    "http://exa\tmple.org/",
    "http://example.org\r\nHost: 127.0.0.1/",
    "http://127.0.0.1\u200b/",
    # Other doors
    "http://example.org:22/",
    "http://example.org:6379/",
    "http://example.org:0/",
    "http://example.org:99999/",
    "http://example.org:٨٠/",
    "https://example.org:80 80/",
]
ANSWERS = [
    "127.0.0.1",
    "10.1.2.3",
    "169.254.169.254",
    "::1",
    "::ffff:127.0.0.1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "fe80::1",
    "fe80::1%eth0",
    "fd00:ec2::254",
    "0.0.0.0",
    "no address at all",
]
UNSUPPORTED = [
    "mailto:press@example.org",
    "ftp://example.org/",
    "file:///etc/passwd",
    "data:text/html,hello",
    "javascript:alert(1)",
    "gopher://127.0.0.1:6379/_",
    "example.org/page",
    "//example.org/",
    "",
    "http://something.onion/",
]

_contacts: list[object] = []
_watching = False


def _note(event: str, arguments: tuple[object, ...]) -> None:
    if _watching and event in ("socket.connect", "socket.sendto"):
        _contacts.append(arguments[1])


sys.addaudithook(_note)


@pytest.fixture
def contacts() -> Iterator[list[object]]:
    """Every address that any code of this process connects to while the test runs."""
    global _watching
    _contacts.clear()
    _watching = True
    yield _contacts
    _watching = False


@pytest.fixture
def canary() -> Iterator[Web]:
    with serving() as web:
        yield web


def test_the_watch_on_contacts_sees_them(canary, fetch, contacts):
    fetch(canary.url("/ok"))

    assert contacts == [("127.0.0.1", canary.port)]


@pytest.mark.parametrize("url", WRITTEN)
def test_a_forbidden_address_is_refused_however_it_is_written(fetch, contacts, url):
    with pytest.raises(RefusedAddress) as refusal:
        vet(url)

    reply = fetch(url, allowed_networks=(), look_up=lambda host: ["127.0.0.1"])

    assert len(refusal.value.reason) > 20
    assert reply.fault in (Fault.UNSAFE, Fault.UNSUPPORTED)
    assert contacts == []


@pytest.mark.parametrize("url", UNSUPPORTED)
def test_what_is_no_web_address_is_refused_at_entry(fetch, contacts, url):
    with pytest.raises(RefusedAddress) as refusal:
        vet(url)

    assert refusal.value.kind == "unsupported"
    assert fetch(url).fault is Fault.UNSUPPORTED
    assert contacts == []


@pytest.mark.parametrize("answer", ANSWERS)
def test_a_name_is_refused_if_a_single_one_of_its_answers_is_bad(fetch, contacts, answer):
    reply = fetch("http://mixed.example/", allowed_networks=(), look_up=lambda host: ["93.184.215.14", answer])

    assert reply.fault is Fault.UNSAFE
    assert contacts == []


@pytest.mark.parametrize(
    "target",
    ["http://127.0.0.2:{port}/ok", "http://[::1]:{port}/ok", "http://2130706434:{port}/", "//127.0.0.2:{port}/ok"],
)
def test_a_redirect_does_not_lead_where_an_entry_may_not(canary, fetch, contacts, target):
    only_this = networks(["127.0.0.1/32"])

    reply = fetch(canary.url("/goto?" + target.format(port=canary.port)), allowed_networks=only_this)

    assert reply.fault is Fault.UNSAFE
    assert contacts == [("127.0.0.1", canary.port)]


def test_the_vetted_address_is_the_one_connected_to(canary, fetch, contacts):
    answers = iter([["127.0.0.1"], ["127.0.0.2"], ["127.0.0.2"]])

    reply = fetch(
        f"http://rebinding.example:{canary.port}/ok",
        allowed_networks=networks(["127.0.0.1/32"]),
        look_up=lambda host: next(answers),
    )

    assert reply.status == 200
    assert contacts == [("127.0.0.1", canary.port)]


def test_another_port_is_asked_only_where_the_network_is_allowed(fetch, contacts):
    allowed = networks(["127.0.0.0/8"])

    reply = fetch("http://elsewhere.example:6379/", allowed_networks=allowed, look_up=lambda host: ["93.184.215.14"])

    assert reply.fault is Fault.UNSAFE
    assert contacts == []


@pytest.mark.parametrize("ip", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "64:ff9b::5db8:d70e"])
def test_public_addresses_are_let_through(ip):
    vet_ip(ip, port=443)


@pytest.mark.parametrize(
    "url",
    [
        "https://www.example.org/a/b?c=d#e",
        "http://example.org:80/",
        "https://bücher.example/straße?q=ä",
        "https://example.org/a b",
        "HTTPS://EXAMPLE.ORG",
        "http://some_blog.example.com/",
    ],
)
def test_ordinary_addresses_are_let_through(url):
    assert vet(url).url.isascii()
