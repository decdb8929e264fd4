"""Where embedded services live follows from the home folder alone."""

import os
from pathlib import Path

from config.embedded.places import LONGEST_SOCKET_PATH, places


def test_a_home_folder_always_has_the_same_addresses() -> None:
    home = Path("/srv/pledges")

    assert places(home) == places(Path("/srv/elsewhere/../pledges"))


def test_two_home_folders_never_share_a_socket() -> None:
    first, second = places(Path("/srv/one")), places(Path("/srv/two"))

    assert first.run != second.run
    assert first.cluster != second.cluster


def test_a_socket_whose_path_would_be_too_long_lies_in_a_folder_with_a_short_name() -> None:
    long = places(Path("/srv") / ("x" * 200))

    assert len(os.fsencode(long.redis_socket)) <= LONGEST_SOCKET_PATH
    assert long.run.parent == Path("/tmp")


def test_blanks_and_letters_of_any_script_in_a_path_survive_in_the_addresses() -> None:
    where = places(Path("/srv/Žofie’s pledges"))

    assert "%2Fsrv%2F%C5%BDofie" in where.database_url()
    assert " " not in where.database_url()
    assert " " not in where.redis_url
