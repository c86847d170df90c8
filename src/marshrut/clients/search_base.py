"""``python -m marshrut.clients.search_base``: the search of the whole base that waits, in a process of its own."""


def main() -> None:
    """Set up what Django needs, search, end."""
    import django

    django.setup()

    from marshrut.clients.services import search_base
    from marshrut.core.clock import utc_now

    search_base(clock=utc_now)


if __name__ == "__main__":
    main()
