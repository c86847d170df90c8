"""In which language a person reads Marshrut: their own choice, else the agency's."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from marshrut.agency.services.wishes import set_own_language
from marshrut.agency.web.pages import ReaderRequest, for_staff
from marshrut.core.errors import DomainError
from marshrut.core.names import clean_text

TEMPLATE = "agency/_own_language_dialog.html"


@dataclass(frozen=True, slots=True)
class Choice:
    """One language of the list."""

    value: str
    label: str


@require_http_methods(["GET", "POST"])
@for_staff()
def own_language(request: ReaderRequest) -> HttpResponse:
    """The dialog; afterwards the page the reader stands on comes anew, in the language they chose."""
    reader = request.reader
    colleague, named = reader.staff.colleagues.get(reader.actor.id), dict(settings.LANGUAGES)
    context = {
        "languages": [Choice(code, str(name)) for code, name in named.items()],
        "agencys": named.get(reader.staff.agency.language, ""),
        "values": {"language": colleague.language if colleague else ""},
        "errors": {},
    }
    if request.method == "GET":
        return render(request, TEMPLATE, context)
    chosen = clean_text(request.POST.get("language"), 20)
    try:
        set_own_language(language=chosen, by=reader.actor, now=reader.now)
    except DomainError as error:
        return render(request, TEMPLATE, {**context, "errors": {"language": error.sentence}}, status=error.status)
    answer = HttpResponse(status=204)
    answer["HX-Refresh"] = "true"
    return answer
