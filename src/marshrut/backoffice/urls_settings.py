"""Addresses of the settings."""

from django.urls import path

from marshrut.backoffice.web.settings import index

urlpatterns = [
    path("settings", index.settings, name="settings"),
    path("settings/history/<slug:slug>", index.history, name="settings_history"),
    path("settings/history/<slug:slug>/<int:pk>/undo", index.undo, name="settings_undo"),
]
