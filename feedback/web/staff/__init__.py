"""The staff's pages, with all their addresses in one place. They show bands and published statements, never answers.

Reviewers alone see comments: after the close, and without their authors.
"""

from flask import Blueprint, g

from feedback.reporting.formats import COMPARISON_FORMATS, REPORT_FORMATS
from feedback.web.staff import (
    access,
    api_keys,
    audit_log,
    change_questions,
    changing,
    comments,
    comparisons,
    emails,
    ending,
    examples,
    help_pages,
    kept,
    one_person,
    openings,
    organisation,
    own_questions,
    own_words,
    passkey_rules,
    passkey_sign_in,
    passkeys,
    persons,
    planning,
    planning_three,
    programmes,
    provider_settings,
    provider_sign_in,
    putting_in,
    questions,
    quiet_times,
    reports,
    rosters,
    sessions,
    settings,
    sign_in,
    support,
    undeliverable,
    wave_dates,
    waves,
    web_hooks,
    you_said,
)
from feedback.web.staff.breadcrumbs import above
from feedback.web.staff.help_pages import help_address
from feedback.web.staff.limits import LIMITS
from feedback.web.staff.notices import worker_notice
from feedback.web.staff.outcomes import told
from feedback.web.staff.uploads import take_uploads
from forms.staff import SignOutForm

staff = Blueprint("staff", __name__, url_prefix="/staff")
staff.before_request(take_uploads)

staff.add_url_rule("/", "programmes", programmes.index)
staff.add_url_rule("/first-steps/put-away", "put_steps_away", programmes.put_steps_away, methods=["POST"])
staff.add_url_rule("/programmes/<int:programme_id>", "programme", programmes.one)
staff.add_url_rule("/programmes/new", "ask_programme", settings.ask)
staff.add_url_rule("/programmes/new", "create_programme", settings.create, methods=["POST"])
_SETTINGS = "/programmes/<int:programme_id>/settings"
staff.add_url_rule(_SETTINGS, "settings", settings.show)
staff.add_url_rule(_SETTINGS, "change_settings", settings.change, methods=["POST"])
_END = "/programmes/<int:programme_id>/end"
staff.add_url_rule("/programmes/example", "make_example", examples.make, methods=["POST"])
staff.add_url_rule("/programmes/<int:programme_id>/example", "drop_example", examples.drop, methods=["POST"])
staff.add_url_rule("/programmes/<int:programme_id>/sample-report", "sample_report", examples.sample_report)
staff.add_url_rule(_END, "ending", ending.ask)
staff.add_url_rule(_END, "end_programme", ending.end, methods=["POST"])
staff.add_url_rule(f"{_END}/back", "take_back_end", ending.take_back, methods=["POST"])
staff.add_url_rule(f"{_END}/hold", "hold_purge", ending.hold, methods=["POST"])
staff.add_url_rule(f"{_END}/lift", "lift_hold", ending.lift, methods=["POST"])
_PLAN, _QUIET = "/programmes/<int:programme_id>/plan", "/programmes/<int:programme_id>/quiet-times"
staff.add_url_rule(_PLAN, "ask_plan", planning.ask)
staff.add_url_rule(_PLAN, "plan", planning.send, methods=["POST"])
_THREE = "/programmes/<int:programme_id>/plan-three"
staff.add_url_rule(_THREE, "ask_plan_three", planning_three.ask)
staff.add_url_rule(_THREE, "plan_three", planning_three.send, methods=["POST"])
staff.add_url_rule("/programmes/<int:programme_id>/questions", "questions", questions.show)
_CHANGE = "/programmes/<int:programme_id>/questions/change"
staff.add_url_rule(_CHANGE, "ask_questions", change_questions.ask)
staff.add_url_rule(_CHANGE, "change_questions", change_questions.send, methods=["POST"])
staff.add_url_rule(f"{_CHANGE}/ours", "reset_questions", change_questions.reset, methods=["POST"])
_OWN = "/programmes/<int:programme_id>/questions/own"
staff.add_url_rule(_OWN, "ask_own_question", own_questions.ask)
staff.add_url_rule(_OWN, "add_own_question", own_questions.add, methods=["POST"])
staff.add_url_rule(f"{_OWN}/<int:number>", "own_question", own_questions.one)
staff.add_url_rule(f"{_OWN}/<int:number>", "change_own_question", own_questions.change, methods=["POST"])
staff.add_url_rule(f"{_OWN}/<int:number>/delete", "drop_own_question", own_questions.drop, methods=["POST"])
staff.add_url_rule("/waves/<int:wave_id>/questions", "questions_of_wave", questions.of_wave)
staff.add_url_rule(_QUIET, "quiet_times", quiet_times.show)
staff.add_url_rule(_QUIET, "change_quiet_times", quiet_times.change, methods=["POST"])
_WORDS = "/programmes/<int:programme_id>/own-words"
staff.add_url_rule(_WORDS, "own_words", own_words.show)
staff.add_url_rule(_WORDS, "change_own_words", own_words.change, methods=["POST"])
_SAID = "/programmes/<int:programme_id>/you-said"
staff.add_url_rule(_SAID, "you_said", you_said.show)
staff.add_url_rule(_SAID, "write_said", you_said.write, methods=["POST"])
staff.add_url_rule(f"{_SAID}/check", "check_said", you_said.check)
staff.add_url_rule(f"{_SAID}/publish", "publish_said", you_said.publish, methods=["POST"])
staff.add_url_rule("/programmes/<int:programme_id>/support", "support", support.requests)
staff.add_url_rule("/programmes/<int:programme_id>/support", "finish_support", support.finish, methods=["POST"])
staff.add_url_rule("/waves/<int:wave_id>", "wave", waves.one)
staff.add_url_rule("/waves/<int:wave_id>/plan", "ask_change_plan", changing.ask)
staff.add_url_rule("/waves/<int:wave_id>/plan", "change_plan", changing.send, methods=["POST"])
staff.add_url_rule("/waves/<int:wave_id>/emails", "emails", emails.show)
staff.add_url_rule("/waves/<int:wave_id>/emails", "try_emails", emails.send_to_oneself, methods=["POST"])
_OPENING = "/waves/<int:wave_id>/emails/<mail>"
staff.add_url_rule(_OPENING, "opening", openings.show)
staff.add_url_rule(_OPENING, "write_opening", openings.write, methods=["POST"])
staff.add_url_rule("/waves/<int:wave_id>/dry-run", "dry_run", wave_dates.dry_run)
staff.add_url_rule("/waves/<int:wave_id>/calendar.ics", "calendar", wave_dates.calendar)
staff.add_url_rule("/waves/<int:wave_id>/open", "open_wave", wave_dates.open_now, methods=["POST"])
staff.add_url_rule("/waves/<int:wave_id>/postpone", "postpone_wave", wave_dates.postpone, methods=["POST"])
staff.add_url_rule("/waves/<int:wave_id>/extend", "extend_wave", wave_dates.extend, methods=["POST"])
staff.add_url_rule("/waves/<int:wave_id>/cancel", "cancel_wave", wave_dates.cancel, methods=["POST"])
staff.add_url_rule("/programmes/<int:programme_id>/roster", "roster", rosters.one)
staff.add_url_rule("/programmes/<int:programme_id>/roster", "approve_roster", rosters.approve, methods=["POST"])
staff.add_url_rule("/programmes/<int:programme_id>/roster/found", "find_people", rosters.find, methods=["POST"])
for _ending in ("csv", "xlsx"):
    _chosen = {"ending": _ending}
    _EMPTY = f"/programmes/<int:programme_id>/roster/empty.{_ending}"
    staff.add_url_rule(_EMPTY, "empty_list", rosters.template, defaults=_chosen)
_ONE = "/programmes/<int:programme_id>/roster/people"
staff.add_url_rule(_ONE, "ask_person", persons.ask)
staff.add_url_rule(_ONE, "add_person", persons.add, methods=["POST"])
staff.add_url_rule(f"{_ONE}/<int:number>", "person", persons.one)
staff.add_url_rule(f"{_ONE}/<int:number>", "correct_person", persons.correct, methods=["POST"])
staff.add_url_rule(f"{_ONE}/<int:number>/left", "let_person_go", persons.leave, methods=["POST"])
staff.add_url_rule("/one-person", "ask_one_person", one_person.ask)
staff.add_url_rule("/one-person", "show_one_person", one_person.show, methods=["POST"])
staff.add_url_rule("/one-person/erase", "erase_one_person", one_person.erase, methods=["POST"])
_IN = "/programmes/<int:programme_id>/roster/new"
staff.add_url_rule(_IN, "ask_people", putting_in.ask)
staff.add_url_rule(_IN, "send_people", putting_in.send, methods=["POST"])
staff.add_url_rule(f"{_IN}/code-page", "choose_code_page", putting_in.choose_code_page, methods=["POST"])
staff.add_url_rule(f"{_IN}/columns", "match_columns", putting_in.match_columns, methods=["POST"])
staff.add_url_rule(f"{_IN}/mended", "mend_people", putting_in.mend, methods=["POST"])
staff.add_url_rule(f"{_IN}/checked", "put_people_in", putting_in.put_in, methods=["POST"])
staff.add_url_rule("/waves/<int:wave_id>/undeliverable", "undeliverable", undeliverable.people)
staff.add_url_rule("/waves/<int:wave_id>/undeliverable/found", "find_lost", undeliverable.find, methods=["POST"])
staff.add_url_rule("/waves/<int:wave_id>/undeliverable", "mend_delivery", undeliverable.mend, methods=["POST"])
staff.add_url_rule(
    "/waves/<int:wave_id>/undeliverable/all", "resend_to_refused", undeliverable.resend, methods=["POST"]
)
staff.add_url_rule("/waves/<int:wave_id>/close", "close_wave", waves.close, methods=["POST"])
staff.add_url_rule("/waves/<int:wave_id>/retry", "retry_wave", waves.retry, methods=["POST"])
staff.add_url_rule("/waves/<int:wave_id>/discard", "discard_wave", waves.discard, methods=["POST"])
staff.add_url_rule("/waves/<int:wave_id>/report", "report", reports.page)
for _ending in REPORT_FORMATS:
    _chosen = {"ending": _ending}
    staff.add_url_rule(f"/waves/<int:wave_id>/report.{_ending}", "report_file", reports.as_file, defaults=_chosen)
_BETWEEN = "/waves/<int:wave_id>/compared-with/<int:before_id>"
staff.add_url_rule(_BETWEEN, "comparison", comparisons.of_two)
_OVER = "/programmes/<int:programme_id>/changes"
staff.add_url_rule("/programmes/<int:programme_id>/cells.json", "cells", reports.cells)
staff.add_url_rule(_OVER, "changes", comparisons.of_all)
for _ending in COMPARISON_FORMATS:
    _chosen = {"ending": _ending}
    staff.add_url_rule(f"{_BETWEEN}.{_ending}", "comparison_file", comparisons.of_two_as_file, defaults=_chosen)
    staff.add_url_rule(f"{_OVER}.{_ending}", "changes_file", comparisons.of_all_as_file, defaults=_chosen)
staff.add_url_rule("/waves/<int:wave_id>/report/logo.png", "logo", reports.logo)
staff.add_url_rule("/waves/<int:wave_id>/report/comments.json", "comments_json", reports.comments_as_json)
staff.add_url_rule("/waves/<int:wave_id>/comments", "comments", comments.review)
staff.add_url_rule("/waves/<int:wave_id>/comments/one-by-one", "one_by_one", comments.one_by_one)
staff.add_url_rule("/waves/<int:wave_id>/comments/one/<comment>", "comment", comments.one)
staff.add_url_rule("/waves/<int:wave_id>/comments/decide", "decide_comment", comments.decide, methods=["POST"])
staff.add_url_rule(
    "/waves/<int:wave_id>/comments/decide-ticked", "decide_ticked", comments.decide_ticked, methods=["POST"]
)
staff.add_url_rule("/waves/<int:wave_id>/comments/sum-up", "sum_up_comments", comments.sum_up, methods=["POST"])
staff.add_url_rule("/waves/<int:wave_id>/comments/release", "release_comments", comments.release, methods=["POST"])
staff.add_url_rule("/sign-in", "how_to_sign_in", sign_in.explain)
staff.add_url_rule("/sign-in", "ask_for_mail", sign_in.ask_for_mail, methods=["POST"])
staff.add_url_rule("/sign-in/<token>", "ask_sign_in", sign_in.ask)
staff.add_url_rule("/sign-in/<token>", "sign_in", sign_in.enter, methods=["POST"])
staff.add_url_rule("/sign-out", "sign_out", sign_in.leave, methods=["POST"])
_PASSKEY = "/sign-in/passkey"
staff.add_url_rule(_PASSKEY, "ask_sign_in_with_passkey", sign_in.explain)
staff.add_url_rule(_PASSKEY, "sign_in_with_passkey", passkey_sign_in.enter, methods=["POST"])
staff.add_url_rule(f"{_PASSKEY}/challenge", "challenge_sign_in", passkey_sign_in.challenge, methods=["POST"])
_PROVIDER = "/sign-in/provider"
staff.add_url_rule(_PROVIDER, "provider", provider_sign_in.ask)
staff.add_url_rule(f"{_PROVIDER}/<int:number>", "leave_for_provider", provider_sign_in.leave, methods=["POST"])
staff.add_url_rule(f"{_PROVIDER}/<int:number>/back", "back_from_provider", provider_sign_in.come_back)
staff.add_url_rule(f"{_PROVIDER}/go-on", "go_on_from_provider", provider_sign_in.go_on, methods=["POST"])
staff.add_url_rule("/connect/<token>", "ask_connect", provider_sign_in.ask_connect)
staff.add_url_rule("/connect/<token>", "connect", provider_sign_in.connect_account, methods=["POST"])
staff.add_url_rule("/signed-in/disconnect", "disconnect", provider_sign_in.cut, methods=["POST"])
_AT = "/organisation/provider"
staff.add_url_rule(_AT, "provider_settings", provider_settings.show)
staff.add_url_rule(_AT, "set_provider", provider_settings.change, methods=["POST"])
staff.add_url_rule(f"{_AT}/only", "demand_provider", provider_settings.demand, methods=["POST"])
staff.add_url_rule(f"{_AT}/remove", "remove_provider", provider_settings.remove, methods=["POST"])
staff.add_url_rule("/passkey", "passkey", passkey_sign_in.ask_second)
staff.add_url_rule("/passkey", "use_passkey", passkey_sign_in.second, methods=["POST"])
staff.add_url_rule("/passkey/challenge", "challenge_passkey", passkey_sign_in.challenge_second, methods=["POST"])
staff.add_url_rule("/passkeys", "passkeys", passkeys.show)
staff.add_url_rule("/passkeys", "make_passkey", passkeys.make, methods=["POST"])
staff.add_url_rule("/passkeys/challenge", "challenge_new_passkey", passkeys.challenge, methods=["POST"])
staff.add_url_rule("/passkeys/remove", "remove_passkey", passkeys.remove, methods=["POST"])
staff.add_url_rule("/passkeys/remove/challenge", "challenge_removing", passkeys.challenge_removing, methods=["POST"])
staff.add_url_rule("/people", "access", access.everybody)
staff.add_url_rule("/people", "give_access", access.give, methods=["POST"])
staff.add_url_rule("/people/<int:staff_id>", "access_of_one", access.one)
staff.add_url_rule("/people/<int:staff_id>/role", "change_role", access.change, methods=["POST"])
staff.add_url_rule("/people/<int:staff_id>/programmes", "limit_access", access.limit, methods=["POST"])
staff.add_url_rule("/people/<int:staff_id>/remove", "take_access", access.take, methods=["POST"])
staff.add_url_rule("/people/<int:staff_id>/passkeys", "remove_passkeys_of", passkey_rules.remove_of, methods=["POST"])
staff.add_url_rule("/audit-log", "audit_log", audit_log.show)
staff.add_url_rule("/audit-log.csv", "audit_log_csv", audit_log.as_table)
staff.add_url_rule("/organisation", "organisation", organisation.show)
staff.add_url_rule("/organisation/name", "rename_organisation", organisation.rename, methods=["POST"])
staff.add_url_rule("/organisation/logo", "change_logo", organisation.change, methods=["POST"])
staff.add_url_rule("/organisation/logo/drop", "drop_logo", organisation.drop, methods=["POST"])
staff.add_url_rule("/organisation/logo.png", "organisation_logo", organisation.logo)
_KEYS = "/organisation/keys"
staff.add_url_rule(_KEYS, "api_keys", api_keys.show)
staff.add_url_rule(_KEYS, "make_api_key", api_keys.make, methods=["POST"])
staff.add_url_rule(f"{_KEYS}/challenge", "challenge_api_key", api_keys.challenge, methods=["POST"])
staff.add_url_rule(f"{_KEYS}/revoke", "revoke_api_key", api_keys.revoke, methods=["POST"])
_HOOKS = "/organisation/web-hooks"
staff.add_url_rule(_HOOKS, "web_hooks", web_hooks.show)
staff.add_url_rule(_HOOKS, "add_web_hook", web_hooks.add, methods=["POST"])
staff.add_url_rule(f"{_HOOKS}/challenge", "challenge_web_hook", web_hooks.challenge, methods=["POST"])
staff.add_url_rule(f"{_HOOKS}/<int:hook_id>", "web_hook", web_hooks.one)
staff.add_url_rule(f"{_HOOKS}/<int:hook_id>/secret", "renew_hook_secret", web_hooks.renew, methods=["POST"])
staff.add_url_rule(f"{_HOOKS}/<int:hook_id>/former", "end_former_secret", web_hooks.end_former, methods=["POST"])
staff.add_url_rule(f"{_HOOKS}/<int:hook_id>/test", "try_web_hook", web_hooks.test, methods=["POST"])
staff.add_url_rule(f"{_HOOKS}/<int:hook_id>/switch", "switch_web_hook", web_hooks.switch, methods=["POST"])
staff.add_url_rule(f"{_HOOKS}/<int:hook_id>/remove", "remove_web_hook", web_hooks.remove, methods=["POST"])
staff.add_url_rule("/help", "help_index", help_pages.index)
staff.add_url_rule("/help/<topic>", "help", help_pages.show)
staff.add_url_rule("/organisation/passkeys", "demand_passkeys", passkey_rules.demand, methods=["POST"])
staff.add_url_rule("/kept", "kept", kept.show)
staff.add_url_rule("/kept/forget", "forget_kept", kept.forget, methods=["POST"])
staff.add_url_rule("/signed-in", "sessions", sessions.here_and_elsewhere)
staff.add_url_rule("/signed-in/end", "end_session", sessions.end, methods=["POST"])
staff.add_url_rule("/signed-in/end-all", "end_all_sessions", sessions.end_all, methods=["POST"])


# Of the whole application: pages on errors say it too.
@staff.app_context_processor
def _on_errors_too() -> dict[str, object]:
    return {"session_limits": LIMITS, "help_address": help_address}


@staff.context_processor
def _on_every_page() -> dict[str, object]:
    return {
        "sign_out_form": SignOutForm(formdata=None),
        # Asked where they are shown: a page that says that the database is away asks it nothing.
        "worker_notice": worker_notice,
        "is_in_example": examples.is_in_example,
        "told": told,
        "above": above,
        "is_shown_again": g.get("is_shown_again", False),
    }
