"""The house keeps its order: relations point down, and each room says what it is for."""

from pathlib import Path

import pytest
from django.apps import apps

CHECKOUT = Path(__file__).parent.parent
STOREYS = [
    {"config"},
    {"digests"},
    {"timeline", "desk"},
    {"pledges"},
    {"companies", "sources"},
    {"history"},
    {"accounts"},
    {"dates"},
]
STOREY_OF = {room: height for height, rooms in enumerate(STOREYS) for room in rooms}


def relations() -> list[tuple[str, str, str]]:
    return [
        (field.model._meta.label, model_room, field.related_model._meta.app_label)
        for model in apps.get_models(include_auto_created=True)
        if (model_room := model._meta.app_label) in STOREY_OF
        for field in model._meta.get_fields()
        if field.is_relation and not field.auto_created and field.related_model is not None
        if field.related_model._meta.app_label in STOREY_OF
    ]


def test_relations_between_models_point_down_even_where_they_are_written_as_text():
    looking_up_or_across = [
        f"{label} refers to {room_below}"
        for label, room, room_below in relations()
        if room != room_below and STOREY_OF[room] >= STOREY_OF[room_below]
    ]

    assert relations()
    assert looking_up_or_across == []


@pytest.mark.parametrize("room", sorted(STOREY_OF))
def test_each_room_says_in_three_lines_what_belongs_what_does_not_and_what_it_may_import(room):
    lines = [line for line in (CHECKOUT / room / "README.md").read_text().splitlines()[1:] if line.strip()]

    assert len(lines) == 3
    assert lines[0].startswith("Belongs here:")
    assert lines[1].startswith("Does not belong here:")
    assert lines[2].startswith("May import:")


@pytest.mark.parametrize("lock", ["runtime.txt", "development.txt"])
def test_lock_files_pin_by_hash_and_name_no_address(lock):
    text = (CHECKOUT / "requirements" / lock).read_text()

    assert "--hash=sha256:" in text
    assert "://" not in text
