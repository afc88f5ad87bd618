"""A survey whose report was lost in a restore has its pages all the same, and administrators are told there."""

from feedback.domain.staff import StaffRole
from tests.promises.test_answered_restores import closed_and_lost
from tests.web.test_staff_pages import see, signed_in
from tests.world import World


def test_a_survey_without_its_report_can_be_looked_at(world: World) -> None:
    wave, _file = closed_and_lost(world)
    client = signed_in(world, StaffRole.ADMINISTRATOR)
    for page in ("/staff/", "/staff/programmes/1", f"/staff/waves/{wave}"):
        assert "A database was restored from a copy: nothing is opened, sent or closed" in see(client, page)
