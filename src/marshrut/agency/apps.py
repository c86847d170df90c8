"""The room's registration with Django, and with the room below that draws the frame and streams the news."""

from django.apps import AppConfig


class AgencyConfig(AppConfig):
    """Tells `ui` who reads a page and who may open an event stream."""

    name = "marshrut.agency"
    label = "agency"

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_in

        from marshrut.agency.web.actors import actor_of_session_key, remember_session
        from marshrut.agency.web.viewer import describe_viewer
        from marshrut.ui import live, navigation

        user_logged_in.connect(remember_session, dispatch_uid="agency_sessions")
        live.register_gate(actor_of_session_key)
        navigation.register_viewer(describe_viewer)
