"""Jobs of channels: the outbox is emptied."""

from procrastinate.contrib.django import app

from marshrut.channels.services import send_waiting
from marshrut.core.clock import utc_now


@app.periodic(cron="* * * * * */5")
@app.task(queueing_lock="channels-outbox", lock="channels-outbox", name="channels.send_outbox")
def send_outbox(timestamp: int) -> None:
    """Hand over what waits and whose moment has come."""
    send_waiting(now=utc_now())
