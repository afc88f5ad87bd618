"""A survey whose report was lost in a restore has its pages all the same, and administrators are told there."""

from feedback.domain.staff import StaffRole
from tests.promises.test_answered_restores import closed_and_lost
from tests.web.test_staff_pages import see, signed_in
from tests.world import World


def test_a_survey_without_its_report_can_be_looked_at(world: World) -> None:
    wave, _file = closed_and_lost(world)
    client = signed_in(world, StaffRole.ADMINISTRATOR)
    for page in ("/staff/", "/staff/programmes/1", f"/staff/waves/{wave}"):
        shown = see(client, page)
        assert "A database was restored from a copy: nothing is opened, sent or closed" in shown
        assert "Closed, report missing" in shown
    assert "If you have its JSON file, give it to whoever runs the service" in shown
    assert "Read the report" not in shown


def test_a_closed_survey_with_its_report_is_not_said_to_have_lost_it(world: World) -> None:
    world.close(world.open_wave())
    client = signed_in(world, StaffRole.ADMINISTRATOR)
    for page in ("/staff/", "/staff/programmes/1", "/staff/waves/1"):
        assert "missing" not in see(client, page)
