"""`feedback wave`: plan, open and close waves."""

from feedback.cli.lazy import Lazy, LazyGroup

wave = LazyGroup(
    "wave",
    {
        "calendar": Lazy("planning", "calendar_command"),
        "cancel": Lazy("wave_states", "cancel_command"),
        "close": Lazy("wave_states", "close_command"),
        "dry-run": Lazy("dry_run", "dry_run_command"),
        "extend": Lazy("wave_states", "extend_command"),
        "forecast": Lazy("planning", "forecast_command"),
        "open": Lazy("wave_states", "open_command"),
        "plan": Lazy("planning", "plan_command"),
        "postpone": Lazy("planning", "postpone_command"),
        "retry": Lazy("wave_states", "retry_command"),
        "status": Lazy("wave_status", "status_command"),
    },
)
