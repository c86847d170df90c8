"""What the bench found, as a table for a person."""

from __future__ import annotations

from .measure import Measured

_MEMORY_MB, _START_SECONDS, _PAGE_KB, _LIVE_MS = 400, 5, 500, 1000


def table(measured: Measured) -> str:
    """All figures with their limits; a line that misses one says so."""
    head = ("operation", "floor", "limit", "p50", "p95", "rate at 4", "sound", "")
    rows = [head]
    for line in measured.lines:
        least = f" (≥ {line.least_rate:.0f})" if line.least_rate else ""
        rows.append((line.name, f"{line.floor:.3f}", f"{line.limit:.2f}", f"{line.p50:.2f}", f"{line.p95:.2f}",
                     f"{line.rate:.0f}{least}", f"{line.sound}/{line.asked}", "kept" if line.is_kept else "MISSED"))
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    lines = ["  ".join((cell.ljust if n == 0 else cell.rjust)(width) for n, (cell, width) in enumerate(zip(row, widths, strict=True)))
             for row in rows]
    return "\n".join([f"{measured.loaded}", "Milliseconds; limit = empty request + k × floor of the same run.", *lines, *_rest(measured)])


def _rest(measured: Measured) -> list[str]:
    memory = {when: f"{mb:.0f} MB" for when, mb in measured.memory_mb.items()}
    pages = ", ".join(f"{path} {kb:.0f} KB" for path, kb in measured.page_kb.items())
    return [
        f"select 1: {measured.select_1:.3f} ms",
        f"memory of our processes (PSS, without PostgreSQL): idle {memory.get('idle', '–')}, after {memory.get('after', '–')}"
        f" — {_verdict(max(measured.memory_mb.values(), default=0), _MEMORY_MB)}",
        f"worked off before anything was measured, what had fallen due since: {measured.settled_seconds:.0f} s",
        f"start with data: {measured.start_seconds:.1f} s — {_verdict(measured.start_seconds, _START_SECONDS)}; "
        f"stop: {measured.stop_seconds:.1f} s — {_verdict(measured.stop_seconds, _START_SECONDS)}",
        f"new inquiry to its owner's open page, p95: {measured.live_p95_ms:.0f} ms — {_verdict(measured.live_p95_ms, _LIVE_MS)}",
        f"page weight, first visit: {pages} — {_verdict(max(measured.page_kb.values(), default=0), _PAGE_KB)}",
    ]


def _verdict(value: float, most: float) -> str:
    return f"kept (≤ {most})" if value <= most else f"MISSED (≤ {most})"
