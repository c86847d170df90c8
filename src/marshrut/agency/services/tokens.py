"""Writes about tokens: service accounts are issued and revoked."""

import secrets
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from marshrut.agency.models import ApiToken
from marshrut.agency.permissions import ALL_SCOPES, DOORS_ONLY, EVERYTHING, Actor, is_foreign, scopes_to_give
from marshrut.agency.queries import digest_of
from marshrut.agency.services.people import find_office
from marshrut.core.errors import Invalid, NotFound
from marshrut.core.history import sign
from marshrut.core.slugs import name_within


@transaction.atomic
def issue_token(
    *, name: str, scopes: frozenset[str] | None = None, reach: str = "all", office: str | None = None, by: Actor, now: datetime
) -> str:
    """A new secret for a service account. It is shown once: only its digest is kept.

    Nobody gives more than they hold; whoever manages staff may issue a token that only puts inquiries in.
    """
    chosen = EVERYTHING if scopes is None else scopes
    _check(chosen, reach, by)
    sign(by.label)
    place = find_office(office) if office or reach == "office" else None
    if place is not None and is_foreign(by, place.id):
        raise Invalid("foreign_office", _("A token for another office is issued by somebody who answers for it."), field="office")
    secret = "mrt_" + secrets.token_urlsafe(32)
    ApiToken.objects.create(
        name=name_within(name) or "…", digest=digest_of(secret), scopes=sorted(chosen), reach=reach, office=place, created_by=by.label
    )
    return secret


def _check(chosen: frozenset[str], reach: str, by: Actor) -> None:
    unknown = chosen - ALL_SCOPES
    if unknown:
        raise Invalid("no_such_scope", _("There is no scope “%(scope)s”.") % {"scope": ", ".join(sorted(unknown))}, field="scopes")
    if not chosen:
        raise Invalid("no_scope", _("Choose at least one right."), field="scopes")
    if reach not in ("office", "all"):
        raise Invalid("no_such_reach", _("A token's reach is office or all."), field="reach")
    if beyond := chosen - scopes_to_give(by):
        raise Invalid("more_than_own", _("Nobody gives rights they do not hold: %(scope)s.") % {"scope": ", ".join(sorted(beyond))},
                      field="scopes")
    if by.kind != "system" and by.reach != "all" and reach == "all" and chosen - DOORS_ONLY:
        raise Invalid("wider_than_own", _("Nobody gives a wider view than their own."), field="reach")


@transaction.atomic
def revoke_token(*, token_id: int, by: Actor, now: datetime) -> str:
    """The token is good for nothing from now on; its name, for the answer."""
    token = ApiToken.objects.select_for_update().filter(pk=token_id).first()
    if token is None:
        raise NotFound("no_such_token", _("There is no such token."))
    sign(by.label)
    if token.revoked_at is None:
        token.revoked_at = now
        token.save(update_fields=["revoked_at"])
    return token.name
