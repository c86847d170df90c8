"""Addresses of the JSON door."""

from django.urls import path

from marshrut.api import custom, deals, inquiries, listing, people, reports  # noqa: F401  they register their operations
from marshrut.api.door import api

urlpatterns = [path("api/v1/", api.urls)]
