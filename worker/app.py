"""The Celery app of the workers: thin tasks, each a name, one number and one call."""

from __future__ import annotations

from celery import Celery

from apexproof.doorbell import SWEEP, Doorbell, celery_app, task_name
from apexproof.settings import Settings
from apexproof.store.jobs import Work
from worker.desk import Desk


def build(settings: Settings, broker_url: str) -> Celery:
    """The app with its tasks."""
    app = celery_app(broker_url)
    desk = Desk(settings, Doorbell(app))

    @app.task(name=task_name(Work.READ))
    def read(job: int) -> None:
        desk.work(job)

    @app.task(name=task_name(Work.WORDS))
    def words(job: int) -> None:
        desk.work(job)

    @app.task(name=task_name(Work.VERIFY))
    def verify(job: int) -> None:
        desk.work(job)

    @app.task(name=task_name(Work.DELIVER))
    def deliver(job: int) -> None:
        desk.work(job)

    @app.task(name=task_name(Work.REPROCESS))
    def reprocess(job: int) -> None:
        desk.work(job)

    @app.task(name=task_name(Work.READ_AGAIN))
    def read_again(job: int) -> None:
        desk.work(job)

    @app.task(name=task_name(Work.WORDS_AGAIN))
    def words_again(job: int) -> None:
        desk.work(job)

    @app.task(name=task_name(Work.REPORT))
    def report(job: int) -> None:
        desk.work(job)

    @app.task(name=SWEEP)
    def sweep() -> None:
        desk.sweep()

    del (
        read,
        words,
        verify,
        deliver,
        reprocess,
        read_again,
        words_again,
        report,
        sweep,
    )  # the app keeps them by their names
    return app
