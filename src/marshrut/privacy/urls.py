"""Addresses of the care of personal data. The names are flat: templates and scripts of every room use them."""

from django.urls import path

from marshrut.privacy.web import people, rules

urlpatterns = [
    path("privacy", rules.index, name="privacy"),
    path("privacy/rules/<slug:subject>", rules.rule, name="retention_rule"),
    path("privacy/consents", people.consents, name="consents"),
    path("privacy/people/<id:pk>", people.person, name="person_care"),
    path("privacy/people/<id:pk>/consent", people.consent, name="consent_new"),
    path("privacy/people/<id:pk>/everything", people.everything, name="person_everything"),
    path("privacy/people/<id:pk>/erase", people.erase, name="person_erase"),
    path("privacy/consents/<id:pk>/withdraw", people.withdraw, name="consent_withdraw"),
]
