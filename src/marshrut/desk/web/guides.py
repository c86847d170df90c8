"""The help: the reader's own guide first, the others one click away."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from marshrut.desk.guides import GUIDE_OF_ROLE, GUIDES, Guide, read_guide
from marshrut.desk.shapes import Tab
from marshrut.desk.web.pages import DeskRequest, at_desk
from marshrut.ui.wording import language


@require_safe
@at_desk
def own_guide(request: DeskRequest) -> HttpResponse:
    """The guide of the reader's role."""
    return _shown(request, read_guide(GUIDE_OF_ROLE[request.desk.actor.role], language()))


@require_safe
@at_desk
def guide(request: DeskRequest, name: str) -> HttpResponse:
    """One guide by its name; every one is for everybody who works here."""
    if name not in GUIDES:
        raise Http404(_("There is nothing here"))
    return _shown(request, read_guide(name, language()))


def _shown(request: DeskRequest, chosen: Guide) -> HttpResponse:
    own = GUIDE_OF_ROLE[request.desk.actor.role]
    ordered = (own, *(name for name in GUIDES if name != own))
    tabs = [Tab(name, read_guide(name, language()).title, reverse("guide", args=[name]), name == chosen.name) for name in ordered]
    return render(request, "desk/guide.html", {"guide": chosen, "tabs": tabs})
