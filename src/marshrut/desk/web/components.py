"""Every component in every state on one page, for whoever builds or changes one."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from marshrut.desk.web.pages import DeskRequest, at_desk
from marshrut.desk.web.specimens import specimens


@require_safe
@at_desk
def components(request: DeskRequest) -> HttpResponse:
    """The page of components. Nothing on it is anybody's."""
    return render(request, "desk/components.html", specimens(request.desk.now))
