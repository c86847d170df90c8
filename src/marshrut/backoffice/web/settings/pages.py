"""Every page of the settings: importing it registers it. One line for each."""

from marshrut.backoffice.web.settings import agency

__all__ = ["agency"]
