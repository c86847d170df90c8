"""Addresses of the way in and out."""

from django.urls import path

from marshrut.agency.web import views

urlpatterns = [
    path("login", views.log_in, name="login"),
    path("logout", views.log_out, name="logout"),
]
