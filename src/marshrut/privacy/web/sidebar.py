"""The pages of the care of personal data in the sidebar."""


def register_pages() -> None:
    """Nothing yet."""
