"""Jobs: where the worker finds the tasks of every room."""

from procrastinate import App


def on_app_ready(app: App) -> None:
    """Nothing to add: each room declares its jobs in its own tasks module, which the Django app finds by name."""
