"""The same with comments and files: tests/storage/test_grants.py shows on a smaller scale what that role may do."""

from tests.databases import LARGE, ON_POSTGRESQL
from tests.web.staff_role import *  # noqa: F403
from tests.web.test_comment_pages import *  # noqa: F403
from tests.web.test_downloads import *  # noqa: F403
from tests.web.test_putting_in import *  # noqa: F403

pytestmark = [ON_POSTGRESQL, LARGE]
