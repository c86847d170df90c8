"""Jobs: what the doors remember of sessions and failed tries does not stay for ever."""

from procrastinate.contrib.django import app

from marshrut.agency.services.sessions import forget_old_sessions
from marshrut.agency.web.session_store import SessionStore
from marshrut.core.clock import utc_now


@app.periodic(cron="41 * * * *")
@app.task(queueing_lock="agency-sessions", name="agency.forget_sessions")
def forget_sessions(timestamp: int) -> None:
    """Forget sessions that ended or were not seen for long, and tries older than a day."""
    forget_old_sessions(now=utc_now())
    SessionStore.clear_expired()
