"""One wave as its page shows it: calendar, deliveries, whom no mail reaches. Never who has answered, or how many."""

from feedback.domain.api_keys import ApiScope
from feedback.runtime import runtime
from feedback.services.mail.show_undeliverable import Undeliverable, show_undeliverable
from feedback.services.waves.show_wave import CalendarEntry, WaveView, show_wave
from feedback.web.api.models import (
    AskedForPage,
    DeliveriesOut,
    DeliveryOut,
    ListPage,
    UndeliverableOut,
    WaveDateOut,
    WaveOut,
    page_of_list,
)
from feedback.web.api.operations import operation


@operation("GET", "/waves/<int:wave_id>", out=WaveOut)
def get_wave(wave_id: int) -> WaveOut:
    """Return where a wave stands."""
    return wave_out(shown_wave(wave_id))


@operation("GET", "/waves/<int:wave_id>/deliveries", out=DeliveriesOut)
def list_deliveries(wave_id: int) -> DeliveriesOut:
    """Return how many copies of each mail are in which state: facts about mails alone."""
    counts = [
        DeliveryOut(mail=one.mail.kind, number=one.mail.number, state=one.state, count=one.count)
        for one in shown_wave(wave_id).deliveries
    ]
    return DeliveriesOut(deliveries=counts)


@operation(
    "GET",
    "/waves/<int:wave_id>/undeliverable",
    ApiScope.MANAGE_ROSTERS,
    query=AskedForPage,
    out=ListPage[UndeliverableOut],
)
def list_undeliverable(wave_id: int, query: AskedForPage) -> ListPage[UndeliverableOut]:
    """Return whom no mail of a wave reaches, by name."""
    return page_of_list([_lost(one) for one in show_undeliverable(runtime().session(), wave_id)], query)


def shown_wave(wave_id: int) -> WaveView:
    """Return a wave as it is now."""
    return show_wave(runtime().session(), wave_id, now=runtime().clock())


def wave_out(wave: WaveView) -> WaveOut:
    """Return what programs are told of a wave. Nothing in it changes while mails go out."""
    return WaveOut(
        id=wave.id,
        programme_id=wave.programme_id,
        stage=wave.stage,
        state=wave.state,
        time_zone=wave.time_zone.key,
        languages=wave.languages,
        minimum_group_size=wave.minimum_group_size,
        invited=wave.invited,
        may_close_early=wave.may_close_early,
        may_be_extended=wave.may_be_extended,
        opening_was_refused=wave.opening_was_refused,
        waits_until=wave.waits_until,
        has_report=wave.has_report,
        calendar=[_date(one) for one in wave.calendar],
    )


def _date(one: CalendarEntry) -> WaveDateOut:
    return WaveDateOut(
        kind=one.kind,
        number=one.number,
        at=one.at,
        is_done=one.is_done,
        band=one.band,
        was_left_out=one.was_left_out,
        fell_away=one.fell_away,
        planned_at=one.planned_at,
    )


def _lost(one: Undeliverable) -> UndeliverableOut:
    return UndeliverableOut(
        person=one.participant_id,
        name=one.name,
        email=one.email,
        role=one.role,
        mail=one.mail.kind,
        state=one.state,
        reply_code=one.reply_code,
        is_on_its_way=one.is_on_its_way,
    )
