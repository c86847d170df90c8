"""Sessions that were kept under their keys are kept under digests of them: nobody need log in again."""

from django.db import migrations

# What `agency.web.session_store.name_of` says: 240 bits of SHA-256 in the alphabet of addresses. Run once: a digest is
# as long as a key may be, so a second time would be a digest of a digest.
HASH = """
update django_session
   set session_key = translate(encode(substring(sha256(convert_to(session_key, 'UTF8')) from 1 for 30), 'base64'), '+/', '-_')
"""
_EMPTY = "delete from django_session"  # no key comes back out of its digest


class Migration(migrations.Migration):
    dependencies = [("agency", "0006_lists"), ("sessions", "0001_initial")]

    operations = [migrations.RunSQL(HASH, _EMPTY)]
