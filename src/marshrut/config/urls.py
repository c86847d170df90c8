"""Every address of the house."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("marshrut.api.urls")),  # first: programs ask most, and an address is looked up in this order
    path("", include("marshrut.agency.urls")),
    path("", include("marshrut.intake.urls")),
    path("", include("marshrut.desk.urls")),
    path("", include("marshrut.insights.urls")),
    path("", include("marshrut.privacy.urls")),
    path("", include("marshrut.backoffice.urls")),
    path("", include("marshrut.ops.health")),
]
handler400 = "marshrut.ui.errors.bad_request"
handler403 = "marshrut.ui.errors.forbidden"
handler404 = "marshrut.ui.errors.not_found"
handler500 = "marshrut.ui.errors.broken"
