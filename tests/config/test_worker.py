"""The Celery app on a real worker."""

from celery import current_app

from tests.worker import Worker


def test_a_worker_takes_json_only_and_acknowledges_late(worker: Worker) -> None:
    (answer,) = current_app.control.inspect([worker.name]).conf(with_defaults=True).values()

    assert answer["accept_content"] == ["json"]
    assert answer["task_acks_late"] is True
    assert answer["task_reject_on_worker_lost"] is True
    assert answer["worker_prefetch_multiplier"] == 1
    assert answer["broker_transport_options"]["unacked_restore_interval"] == 5


def test_a_worker_that_was_killed_is_replaced_by_one_of_the_same_name(worker: Worker) -> None:
    worker.kill()

    worker.start()

    assert current_app.control.ping([worker.name], timeout=2)
