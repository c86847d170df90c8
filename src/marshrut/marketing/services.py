"""Writes about sources."""

from django.db import connection

from marshrut.marketing.queries import SourceCard


def keep_unknown_source(*, slug: str) -> SourceCard:
    """Keep a source nobody has named yet, so that nothing it brings is refused; it is shown to be named."""
    with connection.cursor() as cursor:
        cursor.execute(
            """insert into marketing_source(slug, name, is_named) values (%s, %s, false)
               on conflict (slug) do update set slug = excluded.slug returning id, slug, name, is_named, chance""",
            [slug, slug],
        )
        row = cursor.fetchone()
    return SourceCard(row[0], row[1], row[2], row[3], float(row[4]))
