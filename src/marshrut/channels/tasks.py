"""Jobs of channels: the outbox is emptied, old letters are looked through."""

import time

from procrastinate.contrib.django import app

from marshrut.channels.services import send_waiting
from marshrut.channels.services.letters import look_through
from marshrut.core.clock import utc_now

LOOK_SECONDS, AT_ONCE = 20.0, 50


@app.periodic(cron="* * * * * */5")
@app.task(queueing_lock="channels-outbox", lock="channels-outbox", name="channels.send_outbox")
def send_outbox(timestamp: int) -> None:
    """Hand over what waits and whose moment has come."""
    send_waiting(now=utc_now())


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="channels-letters", lock="channels-letters", name="channels.look_through_letters")
def look_through_letters(timestamp: int) -> None:
    """Note whom letters are about that were kept before this was noted, until all are: some seconds' work at a time."""
    until = time.monotonic() + LOOK_SECONDS
    while look_through(most=AT_ONCE) == AT_ONCE and time.monotonic() < until:
        pass
