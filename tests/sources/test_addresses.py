"""When two addresses are one, when they only look alike."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.addresses import RefusedAddress, follow, identity_key, likeness_key, read, registrable_domain

PLAIN = "https://www.example.org/2020/06/pledge"


@pytest.mark.parametrize(
    "other",
    [
        "https://www.example.org:443/2020/06/pledge",
        "https://WWW.Example.ORG/2020/06/pledge",
        "https://www.example.org./2020/06/pledge",
        "https://www.example.org/2020/06/pledge#comments",
        "https://www.example.org/2020/06/pledge#:~:text=we%20will%20not",
        "https://www.example.org/2020/06/pledge?utm_source=x&utm_medium=y",
        "https://www.example.org/2020/06/pledge?fbclid=abc",
        "https://www.example.org/2020/./07/../06/pledge",
        "https://www.example.org/2020/06/%70ledge",
    ],
)
def test_these_are_the_same_source(other):
    assert identity_key(other) == identity_key(PLAIN)


@pytest.mark.parametrize(
    "other",
    [
        "http://www.example.org/2020/06/pledge",
        "https://www.example.org/2020/06/pledge/",
        "https://www.example.org/2020/06/Pledge",
        "https://example.org/2020/06/pledge",
        "https://m.example.org/2020/06/pledge",
        "https://www.example.org/2020/06/pledge/amp/",
        "https://www.example.org/2020/06/pledge?amp=1",
    ],
)
def test_these_only_look_like_the_same_source(other):
    assert identity_key(other) != identity_key(PLAIN)
    assert likeness_key(other) == likeness_key(PLAIN)


@pytest.mark.parametrize(
    "other",
    [
        "https://www.example.org/2020/06/pledge?page=2",
        "https://www.example.org/2020/06/pledge?p=2",
        "https://www.example.org/2020/06/pledge?id=2",
        "https://www.example.org/2020/06/pledge?ref=2",
        "https://www.example.org/2020/06/pledge#!/chapter",
        "https://www.example.org/2020/06/pledge#/chapter",
        "https://news.example.org/2020/06/pledge",
    ],
)
def test_these_are_other_pages(other):
    assert likeness_key(other) != likeness_key(PLAIN)


def test_the_order_of_a_query_does_not_matter_and_its_values_do():
    assert identity_key("https://e.org/?b=2&a=1") == identity_key("https://e.org/?a=1&b=2")
    assert identity_key("https://e.org/?b=2&a=1") != identity_key("https://e.org/?b=1&a=2")


def test_a_name_in_another_script_is_known_by_its_wire_form():
    assert identity_key("https://Bücher.example/") == identity_key("https://xn--bcher-kva.example/")


@given(
    path=st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cf", "Zl", "Zp"]), max_size=40),
    query=st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cf", "Zl", "Zp"]), max_size=40),
)
def test_a_key_is_its_own_key_whatever_the_address(path, query):
    try:
        key = identity_key(f"https://example.org/{path}?{query}")
    except RefusedAddress:
        return

    assert identity_key(key) == key
    assert read(key).host == "example.org"


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("www.bbc.co.uk", "bbc.co.uk"),
        ("blogs.microsoft.com", "microsoft.com"),
        ("someone.github.io", "someone.github.io"),
        ("127.0.0.1", "127.0.0.1"),
        ("co.uk", "co.uk"),
    ],
)
def test_the_registrable_domain_is_what_one_owner_holds(host, domain):
    assert registrable_domain(host) == domain


@pytest.mark.parametrize(
    ("location", "target"),
    [
        ("/new", "https://e.org/new"),
        ("new", "https://e.org/a/new"),
        ("?page=2", "https://e.org/a/b?page=2"),
        ("//other.example/x", "https://other.example/x"),
        (" https://other.example/x#part ", "https://other.example/x"),
    ],
)
def test_a_redirect_is_read_against_where_it_came_from(location, target):
    assert follow("https://e.org/a/b", location) == target


@pytest.mark.parametrize("long", ["#!" + "a" * 3_000, "#/" + "é" * 700, "?q=" + "é" * 700])
def test_an_address_is_no_longer_than_any_index_holds_with_its_fragment_and_as_it_is_sent(long):
    with pytest.raises(RefusedAddress, match="letters beyond ASCII and signs counted as they are sent"):
        read(f"https://www.example.org/{long}")
