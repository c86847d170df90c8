"""Login by e-mail and password; an unknown address costs as much time as a known one."""

from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest

from marshrut.agency.models import Employee


class EmailBackend(BaseBackend):
    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: object
    ) -> Employee | None:
        if not username or password is None:
            return None
        employee = Employee.objects.filter(email=username.strip().lower(), is_active=True).first()
        if employee is None:
            make_password(password)
            return None
        return employee if employee.check_password(password) else None

    def get_user(self, user_id: int) -> Employee | None:
        return Employee.objects.filter(pk=user_id, is_active=True).first()
