"""Whether the house lives, is ready, and its figures for a monitor."""

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from prometheus_client import CollectorRegistry, Gauge, generate_latest

from .pending import has_pending_migrations

_HEARTBEAT = "select count(*) from procrastinate_workers where last_heartbeat > now() - interval '30 seconds'"
_FIGURES = {
    "marshrut_inquiries_open": ("Open inquiries", "select count(*) from intake_inquiry where state = 'open'"),
    "marshrut_inquiries_queued": ("Open matters that wait in a queue",
                                  "select count(*) from journal_dossier where is_open and queue_id is not null"),
    "marshrut_clocks_running": ("Response clocks that run", "select count(*) from intake_inquiry where clock_state = 'running'"),
    "marshrut_quarantined": ("Raw messages in quarantine", "select count(*) from channels_rawmessage where state = 'quarantined'"),
    "marshrut_letters_waiting": ("Letters in the outbox", "select count(*) from channels_sending where state = 'waiting'"),
    "marshrut_letters_failed": ("Letters that could not be delivered", "select count(*) from channels_sending where state = 'failed'"),
    "marshrut_letters_oldest_seconds": ("How long the longest waiting letter waits",
        "select coalesce(extract(epoch from now() - min(created_at)), 0) from channels_sending where state = 'waiting'"),
    "marshrut_mail_doors_troubled": ("Mail folders that cannot be read",
                                     "select count(*) from channels_maildoor where is_active and problem <> ''"),
    "marshrut_tasks_overdue": ("Overdue next actions", "select count(*) from journal_task where state = 'pending' and due_at < now()"),
    "marshrut_jobs_failed": ("Failed jobs", "select count(*) from procrastinate_jobs where status = 'failed'"),
    "marshrut_workers": ("Workers with a heartbeat", _HEARTBEAT),
}


def is_alive(request: HttpRequest) -> HttpResponse:
    """200 while this process answers at all."""
    return JsonResponse({"status": "alive"})


def is_ready(request: HttpRequest) -> HttpResponse:
    """200 only when the migrations are in and a worker runs; else 503 and what is lacking."""
    lacking = what_lacks()
    return JsonResponse({"status": "ready"} if not lacking else {"status": "not ready", "lacking": lacking}, status=503 if lacking else 200)


def what_lacks() -> list[str]:
    try:
        lacking = ["migrations"] if has_pending_migrations() else []
        with connection.cursor() as cursor:
            cursor.execute("select exists (select from agency_office)")
            lacking += [] if cursor.fetchone()[0] else ["data"]
            cursor.execute(_HEARTBEAT)
            lacking += [] if cursor.fetchone()[0] else ["workers"]
    except DatabaseError:
        return ["database"]
    return lacking


def show_metrics(request: HttpRequest) -> HttpResponse:
    """Figures in the Prometheus text format; counts only, nothing of a person."""
    registry = CollectorRegistry()
    with connection.cursor() as cursor:
        for name, (meaning, sql) in _FIGURES.items():
            cursor.execute(sql)
            Gauge(name, meaning, registry=registry).set(cursor.fetchone()[0])
    return HttpResponse(generate_latest(registry), content_type="text/plain; version=0.0.4; charset=utf-8")


urlpatterns = [path("healthz", is_alive), path("readyz", is_ready), path("metrics", show_metrics)]
