"""How numbers stand in addresses, for every room's urls.py: importing this registers `<id:…>`."""

from django.urls import register_converter
from django.urls.converters import IntConverter


class IdConverter(IntConverter):
    """A number the database can hold as an id; a longer one is nothing of ours."""

    regex = "[0-9]{1,18}"


register_converter(IdConverter, "id")
