"""Settings, read from the environment that the launcher prepares; a wrong one stops the start with a sentence."""

import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
ROOMS = ["core", "ui", "agency", "clients", "catalog", "marketing", "journal", "channels", "intake", "deals", "insights", "privacy",
         "desk", "backoffice", "api", "ops"]


def read_database_url(url: str) -> dict[str, Any]:
    """Django's connection settings for a postgresql:// URL; a socket folder may stand in the query as host=."""
    parts = urlsplit(url)
    if parts.scheme not in ("postgres", "postgresql"):
        raise ImproperlyConfigured("Marshrut keeps its data in PostgreSQL: the database URL must begin with postgresql://")
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    host = options.pop("host", "") or unquote(parts.hostname or "")
    return {
        "ENGINE": "marshrut.core.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or options.pop("user", "")),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": options.pop("port", "") or (parts.port or ""),
        "CONN_MAX_AGE": None,
        # Statements are prepared at their second use and planned once: planning is most of the cost of the short ones.
        "OPTIONS": {
            "server_side_binding": True,
            "prepare_threshold": 2,
            "options": "-c plan_cache_mode=force_generic_plan",
            **options,
        },
    }


SECRET_KEY = os.environ.get("MARSHRUT_SECRET_KEY", "")
if not SECRET_KEY:
    raise ImproperlyConfigured("MARSHRUT_SECRET_KEY is not set; ./marshrut sets it for everything it starts.")
DATA_KEYS = [*filter(None, os.environ.get("MARSHRUT_DATA_KEYS", "").split(","))]
"""What secrets, passports and files are sealed with, outside the database: the first seals, all of them open."""
DEBUG = False
ALLOWED_HOSTS = [*filter(None, os.environ.get("MARSHRUT_HOSTS", "").split(",")), "127.0.0.1", "localhost", "[::1]"]
CSRF_TRUSTED_ORIGINS = [*filter(None, os.environ.get("MARSHRUT_ORIGINS", "").split(","))]
if os.environ.get("MARSHRUT_BEHIND_TLS"):  # which proxies are believed about it: ops/web.py
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.postgres",
    "procrastinate.contrib.django",
    *(f"marshrut.{room}" for room in ROOMS),
]
MIDDLEWARE = [
    "marshrut.ui.security.SecurityHeaders",
    "marshrut.ui.security.CompressedPages",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "marshrut.agency.web.actors.ActorMiddleware",
    "marshrut.agency.web.languages.LanguageMiddleware",
    "marshrut.ui.errors.Refusals",
    "marshrut.core.conflicts.DoAgain",  # stands last
]
ROOT_URLCONF = "marshrut.config.urls"
WSGI_APPLICATION = "marshrut.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [BASE_DIR / room / "templates" for room in ROOMS],
        "APP_DIRS": False,
        "OPTIONS": {"environment": "marshrut.ui.jinja.Environments"},
    }
]

DATABASES = {"default": read_database_url(os.environ.get("MARSHRUT_DATABASE_URL", "postgresql:///marshrut"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "agency.Employee"
AUTHENTICATION_BACKENDS = ["marshrut.agency.web.backends.EmailBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 8}},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "today"
SESSION_ENGINE = "marshrut.agency.web.session_store"
SESSION_COOKIE_NAME = "marshrut_session"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "marshrut_csrf"
CSRF_FAILURE_VIEW = "marshrut.ui.errors.csrf_failed"
CSRF_COOKIE_SAMESITE = "Lax"

LANGUAGE_CODE = "ru"
LANGUAGES = [("ru", "Русский"), ("uk", "Українська"), ("en", "English")]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
DATA_UPLOAD_MAX_MEMORY_SIZE = 11 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 400
APPEND_SLASH = False

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    # What people mistype is answered, not logged; a foreign Host header is a 400 and no news.
    "loggers": {"django.request": {"level": "ERROR"}, "django.security.DisallowedHost": {"level": "CRITICAL"}},
}
PROCRASTINATE_ON_APP_READY = "marshrut.config.jobs.on_app_ready"
