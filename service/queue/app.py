"""The Celery application: messages carry ids, and nothing but the database remembers."""

from celery import Celery  # has no types

QUEUES = ("sandbox", "model")
"""``sandbox`` burns CPU, one at a time per core; ``model`` waits on the network."""


def make_app(broker_url: str) -> Celery:
    """An application without tasks; see `service.queue.tasks.register`."""
    app = Celery("budwood", broker=broker_url, set_as_current=False)  # type: ignore[no-untyped-call]
    app.conf.update(
        accept_content=["json"],
        task_serializer="json",
        task_ignore_result=True,
        result_backend=None,
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        worker_prefetch_multiplier=1,
        worker_disable_prefetch=True,  # a message held by a worker that died waits for long
        worker_hijack_root_logger=False,
        worker_redirect_stdouts=False,  # our log lines go there, whole
        worker_send_task_events=False,
        task_default_queue="sandbox",
        task_queues={name: {} for name in QUEUES},
        broker_connection_retry_on_startup=True,
        # A caller must not wait for a broker that is away: the sweeper sends it later.
        task_publish_retry=False,
        broker_transport_options={"socket_connect_timeout": 2, "retry_on_timeout": False},
    )
    return app
