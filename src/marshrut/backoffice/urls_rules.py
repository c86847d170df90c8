"""Addresses of the rules' settings: what an inquiry is, which first, who gets it, how soon, and funnels."""

from django.urls import path

from marshrut.backoffice.web.settings import (
    clocks,
    contact_set,
    criteria,
    distribution,
    exceptions,
    funnels,
    learned,
    priority,
    quiet_replies,
    relevance,
    relevance_numbers,
    replays,
    trials,
)
from marshrut.ui import addresses as _addresses  # noqa: F401  <id:…>

urlpatterns = [
    path("settings/criteria", criteria.criteria, name="settings_criteria"),
    path("settings/criteria/new", criteria.criterion, name="settings_criterion_new"),
    path("settings/criteria/<id:pk>", criteria.criterion, name="settings_criterion"),
    path("settings/relevance", relevance.relevance, name="settings_relevance"),
    path("settings/relevance/new", relevance.relevance_criterion, name="settings_relevance_new"),
    path("settings/relevance/numbers", relevance_numbers.relevance_numbers, name="settings_relevance_numbers"),
    path("settings/relevance/<id:pk>", relevance.relevance_criterion, name="settings_relevance_one"),
    path("settings/priority", priority.priority, name="settings_priority"),
    path("settings/priority/replays/<id:pk>", replays.replay, name="settings_replay"),
    path("settings/learned", learned.learned, name="settings_learned"),
    path("settings/exceptions", exceptions.exceptions, name="settings_exceptions"),
    path("settings/contact", contact_set.contact_set, name="settings_contact_set"),
    path("settings/contact/row", contact_set.policy, name="settings_contact_policy"),
    path("settings/contact/<id:pk>/remove", contact_set.policy_drop, name="settings_contact_drop"),
    path("settings/distribution", distribution.distribution, name="settings_distribution"),
    path("settings/distribution/trials/<id:pk>", trials.trial, name="settings_trial"),
    path("settings/clocks", clocks.clocks, name="settings_clocks"),
    path("settings/clocks/row", clocks.clock, name="settings_clock"),
    path("settings/clocks/<id:pk>/remove", clocks.clock_drop, name="settings_clock_drop"),
    path("settings/quiet-replies", quiet_replies.quiet_replies, name="settings_quiet"),
    path("settings/quiet-replies/new", quiet_replies.quiet_new, name="settings_quiet_new"),
    path("settings/quiet-replies/<id:pk>", quiet_replies.quiet_one, name="settings_quiet_one"),
    path("settings/quiet-replies/<id:pk>/remove", quiet_replies.quiet_drop, name="settings_quiet_drop"),
    path("settings/funnels", funnels.funnels, name="settings_funnels"),
    path("settings/funnels/new", funnels.funnel_new, name="settings_funnel_new"),
    path("settings/funnels/<id:pk>", funnels.funnel, name="settings_funnel"),
    path("settings/funnels/<id:pk>/stages/new", funnels.stage_new, name="settings_stage_new"),
    path("settings/stages/<id:pk>", funnels.stage, name="settings_stage"),
    path("settings/stages/<id:pk>/retire", funnels.stage_retire, name="settings_stage_retire"),
    path("settings/stages/<id:pk>/restore", funnels.stage_restore, name="settings_stage_restore"),
]
