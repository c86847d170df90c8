"""The pages of the back office in the sidebar."""


def register_pages() -> None:
    """Nothing yet."""
