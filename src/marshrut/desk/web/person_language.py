"""In which language a client is written to: learned from what they write, and said by whoever knows better."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from marshrut.agency.web.pages import ReaderRequest, for_staff, found
from marshrut.clients.queries import PersonCard, person_card
from marshrut.clients.services import set_language
from marshrut.core.errors import DomainError, NotFound
from marshrut.core.languages import OWN_NAMES
from marshrut.core.names import clean_text
from marshrut.desk.shapes import Option
from marshrut.desk.shaping import title_of
from marshrut.ui.answers import done

TEMPLATE = "desk/_person_language_dialog.html"


@require_http_methods(["GET", "POST"])
@for_staff("persons:write")
def language(request: ReaderRequest, pk: int) -> HttpResponse:
    """The dialog, and what was chosen in it."""
    reader = request.reader
    card: PersonCard = found(person_card(reader.actor, pk))
    context = {"pk": pk, "name": title_of(card.name, None, reader.actor), "languages": [Option(*pair) for pair in OWN_NAMES.items()]}
    if request.method == "GET":
        return render(request, TEMPLATE, {**context, "values": {"language": card.language}, "errors": {}})
    values = {"language": clean_text(request.POST.get("language"), 20)}
    try:
        set_language(person_id=pk, language=values["language"], by=reader.actor, now=reader.now)
    except NotFound:
        raise
    except DomainError as error:
        return render(request, TEMPLATE, {**context, "values": values, "errors": {"language": error.sentence}}, status=error.status)
    return done(_("Written down"))
