"""The same for programs, with the rights that the staff's process has on PostgreSQL and no others."""

from tests.databases import LARGE, ON_POSTGRESQL
from tests.web.staff_role import *  # noqa: F403
from tests.web.test_api_acts import *  # noqa: F403
from tests.web.test_api_keys import *  # noqa: F403

pytestmark = [ON_POSTGRESQL, LARGE]
