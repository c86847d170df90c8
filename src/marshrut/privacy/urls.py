"""Addresses of the care of personal data. The names are flat: templates and scripts of every room use them."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
