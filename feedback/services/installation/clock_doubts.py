"""Why a worker does nothing, in words for operators: the same in its log and in `feedback status`."""

from feedback.domain.clocks import ClockDoubt

CLOCK_DOUBTS = {
    ClockDoubt.APART: "The worker's clock and the database's are more than a minute apart.",
    ClockDoubt.BEHIND: "The worker's clock is behind the last tick, so it was ahead then or is wrong now.",
    ClockDoubt.JUMPED: "The worker's clock was set by more than an hour while its machine ran.",
    ClockDoubt.SILENT: "No worker has worked for more than seven days, and its machine was started anew since.",
}
MEND_CLOCK = "Set the clock right; if it is, run `feedback work --accept-clock` in place of `feedback work`, once."
