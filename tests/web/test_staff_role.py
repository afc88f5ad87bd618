"""What staff do on pages, once more on PostgreSQL, in a process that has the staff's rights and no others."""

from tests.databases import ON_POSTGRESQL
from tests.web.staff_role import *  # noqa: F403
from tests.web.test_persons import *  # noqa: F403
from tests.web.test_planning_pages import *  # noqa: F403
from tests.web.test_question_pages import *  # noqa: F403
from tests.web.test_roster_pages import *  # noqa: F403

pytestmark = ON_POSTGRESQL
