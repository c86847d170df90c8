"""Addresses of the reports. The names are flat: templates and scripts of every room use them."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
