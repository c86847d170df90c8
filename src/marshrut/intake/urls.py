"""Addresses of the doors people come in by."""

from django.urls import path

from marshrut.intake.web import forms

urlpatterns = [path("f/<slug:key>", forms.public_form, name="public_form")]
