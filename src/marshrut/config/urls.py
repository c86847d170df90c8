"""Every address of the house."""

from django.urls import include, path

urlpatterns = [
    path("", include("marshrut.api.urls")),
    path("", include("marshrut.ops.health")),
]
