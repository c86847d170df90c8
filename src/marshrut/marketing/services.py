"""Writes about sources."""

from collections.abc import Sequence

from django.db import connection

from marshrut.marketing.queries import SourceCard


def keep_unknown_source(*, slug: str, name: str = "") -> SourceCard:
    """Keep a source nobody has named yet, so that nothing it brings is refused; it is shown to be named.

    `name` is how it was written where it came from.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """insert into marketing_source(slug, name, is_named) values (%s, %s, false)
               on conflict (slug) do update set slug = excluded.slug returning id, slug, name, is_named, chance""",
            [slug, name or slug],
        )
        row = cursor.fetchone()
    return SourceCard(row[0], row[1], row[2], row[3], float(row[4]))


def forget_unnamed_sources(*, ids: Sequence[int]) -> None:
    """Take away sources that nobody has named since they were kept. The caller knows that nothing came from them."""
    with connection.cursor() as cursor:
        cursor.execute("delete from marketing_source where id = any(%s) and not is_named", [list(ids)])
