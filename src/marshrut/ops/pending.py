"""Whether migrations are still to come."""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil

from django.apps import apps
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder


def has_pending_migrations() -> bool:
    """Looks at names alone while everything that lies here is in; only else are migrations loaded, which takes its time.

    Raises:
        DatabaseError: the database does not answer.
    """
    if _names() <= MigrationRecorder(connection).applied_migrations().keys():
        return False
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _names() -> set[tuple[str, str]]:
    """Every migration that lies beside its room, by label and name."""
    found = set()
    for config in apps.get_app_configs():
        package, _ = MigrationLoader.migrations_module(config.label)
        if package is None or importlib.util.find_spec(package) is None:
            continue
        folders = importlib.import_module(package).__path__
        found |= {
            (config.label, name) for _, name, is_package in pkgutil.iter_modules(folders) if not is_package and name[0] not in "_~"
        }
    return found
