"""Addresses of the way in and out, and of one's own security."""

from django.urls import path

from marshrut.agency.web import own_language, passkeys, security, views
from marshrut.ui import addresses as _addresses  # noqa: F401  <id:…>

urlpatterns = [
    path("login", views.log_in, name="login"),
    path("login/second", views.second_factor, name="login_second"),
    path("login/setup", views.set_up_factor, name="login_setup"),
    path("login/key/ask", passkeys.ask_key, name="login_key_ask"),
    path("login/key", passkeys.enter_by_key, name="login_key"),
    path("logout", views.log_out, name="logout"),
    path("me/language", own_language.own_language, name="own_language"),
    path("me/security", security.my_security, name="my_security"),
    path("me/security/password", security.password, name="my_password"),
    path("me/security/app", security.connect_app, name="my_app"),
    path("me/security/app/disconnect", security.disconnect_app, name="my_app_disconnect"),
    path("me/security/codes", security.new_codes, name="my_codes"),
    path("me/security/keys/offer", passkeys.offer_key, name="my_key_offer"),
    path("me/security/keys", passkeys.connect_key, name="my_key_connect"),
    path("me/security/keys/<id:pk>/disconnect", security.disconnect_key, name="my_key_disconnect"),
    path("me/security/sessions/others", security.end_others, name="my_sessions_end"),
    path("me/security/sessions/<id:pk>/end", security.end_one, name="session_end"),
]
