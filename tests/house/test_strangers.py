"""Every address of the service, taken from its own map, so that none can be forgotten: tried by who must not pass."""

import re
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from feedback.config import Serves
from feedback.domain.staff import StaffRole
from feedback.web.guards import is_guarded
from tests.reviewing import wave_in_review
from tests.web.test_staff_pages import SITE, signed_in
from tests.world import World, hidden_value

pytestmark = pytest.mark.parametrize("kind", ["sqlite"])

WAY_IN = {"how_to_sign_in", "ask_sign_in", "sign_in", "sign_out"}
OWN = "programme_id"
"""What names a thing that belongs to an organisation: `programme_id`, `wave_id`, `before_id`."""
