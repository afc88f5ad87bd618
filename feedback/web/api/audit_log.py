"""The audit log of an organisation as it is written, the newest first; a key for one programme reads of that alone."""

from feedback.domain.api_keys import ApiScope
from feedback.domain.log_filter import LogFilter
from feedback.runtime import runtime
from feedback.services.audit_log.show_log import show_log
from feedback.web.api.models import AskedForPage, ListPage, LogEntryOut, page_out_of
from feedback.web.api.operations import caller, operation


@operation("GET", "/audit-log", ApiScope.READ_LOG, query=AskedForPage, out=ListPage[LogEntryOut])
def list_log_entries(query: AskedForPage) -> ListPage[LogEntryOut]:
    """Return who did what, when. Reading it is not noted."""
    wanted, first = LogFilter(programme_id=caller().programme_id), (query.page - 1) * query.per_page
    session = runtime().session()
    found = show_log(session, caller().organisation_id, wanted, most=query.per_page, offset=first)
    entries = [
        LogEntryOut(id=one.id, at=one.at, actor=one.actor, act=one.act, subject=one.subject) for one in found.entries
    ]
    return page_out_of(entries, found.count, query)
