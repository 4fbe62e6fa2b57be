"""Settings of the monitoring worker, beside those every worker has."""

from pydantic import Field

from services.monitoring.window import WINDOW_MS
from services.runtime.settings import MeshSettings


class MonitoringSettings(MeshSettings):
    """From the environment (`SHEBAO_MONITORING_…`); units are in the names."""

    monitoring_recount_hours: int | None = Field(None, ge=0)
    """How far back a starting worker counts again; absent: from the beginning of the log. What stood before is not known then."""
    monitoring_window_s: int = Field(WINDOW_MS // 1_000, ge=1)
    """Length of a window. Changed, everything is measured anew, beside what was said before."""
    monitoring_look_s: float = Field(5.0, gt=0)
    """How often windows are closed, and progress and lag are looked at."""
    monitoring_report_s: float = Field(60.0, gt=0)
    """How often the summary is logged."""
    monitoring_stuck_after_s: float = Field(60.0, gt=0)
    """A worker that counts nothing for this long while records wait ends itself, to be started anew."""
