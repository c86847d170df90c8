"""A person leaves: everything they held is somebody's afterwards, in one step. And what happens while they are away."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client

from marshrut.agency.models import Absence, Employee, LoginSession
from marshrut.agency.services import save_absence
from marshrut.clients.models import Person
from marshrut.core.clock import utc_now
from marshrut.core.errors import Invalid, NotFound, Refused
from marshrut.intake.models import Inquiry
from marshrut.intake.queries.leaving import held_by
from marshrut.intake.reference import read_reference
from marshrut.intake.services.leaving import gather_what_was_left, hand_over_absence, hand_over_tasks, let_go, preview_leaving
from marshrut.intake.tests.conftest import Door
from marshrut.journal.models import Dossier, Task, Touch

pytestmark = pytest.mark.django_db
