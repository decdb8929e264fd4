"""Where embedded services live follows from the home folder alone."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from config.embedded import CannotStart
from config.embedded.places import LONGEST_SOCKET_PATH, places
from config.embedded.postgresql import Cluster
from config.embedded.processes import private_folder
from config.embedded.programs import open_the_way


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


@pytest.fixture
def open_home() -> Iterator[Path]:
    """A home folder to which every user of the machine may come."""
    with tempfile.TemporaryDirectory() as made:
        Path(made).chmod(0o755)
        yield Path(made) / "home"


def test_data_of_root_lies_outside_a_home_that_is_closed_to_others(open_home: Path, tmp_path: Path) -> None:
    assert places(open_home, as_root=True, outside=tmp_path).data == open_home

    open_home.parent.chmod(0o700)

    assert places(open_home, as_root=True, outside=tmp_path).data.parent == tmp_path


def test_data_stays_where_it_is_when_the_way_to_the_home_is_opened(open_home: Path, tmp_path: Path) -> None:
    open_home.parent.chmod(0o700)
    closed = places(open_home, as_root=True, outside=tmp_path)
    closed.cluster.mkdir(parents=True)

    open_home.parent.chmod(0o755)

    assert places(open_home, as_root=True, outside=tmp_path).cluster == closed.cluster


def test_data_whose_way_was_closed_is_not_taken_for_none(open_home: Path, tmp_path: Path) -> None:
    places(open_home, as_root=True, outside=tmp_path).cluster.mkdir(parents=True)

    open_home.parent.chmod(0o700)

    with pytest.raises(CannotStart, match=r"closed to others since.*chmod o\+x"):
        places(open_home, as_root=True, outside=tmp_path)


@pytest.fixture
def closing_umask() -> Iterator[None]:
    before = os.umask(0o077)
    yield
    os.umask(before)


@pytest.mark.usefixtures("closing_umask")
def test_folders_on_the_way_of_the_services_are_open_whatever_the_umask(tmp_path: Path) -> None:
    private_folder(tmp_path / "data" / "postgres", user=os.geteuid())

    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o701
    assert (tmp_path / "data" / "postgres").stat().st_mode & 0o777 == 0o700


@pytest.mark.usefixtures("closing_umask")
def test_programs_that_were_copied_can_be_run_by_everybody_whatever_the_umask(tmp_path: Path) -> None:
    program = tmp_path / "programs" / "postgres-18" / "bin" / "postgres"
    program.parent.mkdir(parents=True)
    program.touch(mode=0o700)
    library = program.with_name("library.so")
    library.touch(mode=0o600)

    open_the_way(tmp_path / "programs" / "postgres-18", down_from=tmp_path)

    assert program.stat().st_mode & 0o777 == 0o755
    assert library.stat().st_mode & 0o777 == 0o644
    assert program.parent.stat().st_mode & 0o777 == 0o755
    assert (tmp_path / "programs").stat().st_mode & 0o777 == 0o701


@pytest.mark.parametrize("written", ["", "\n", "12", "no number\n/data\n"])
def test_a_server_that_is_still_writing_down_its_number_does_not_answer_yet(written: str, tmp_path: Path) -> None:
    (tmp_path / "postmaster.pid").write_text(written)
    starting = SimpleNamespace(where=SimpleNamespace(cluster=tmp_path), process=SimpleNamespace(pid=1234))

    assert Cluster.answers(starting) is False  # type: ignore[arg-type]
