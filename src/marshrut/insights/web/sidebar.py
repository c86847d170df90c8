"""The pages of the reports in the sidebar."""


def register_pages() -> None:
    """Nothing yet."""
