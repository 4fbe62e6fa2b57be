"""Settings of the auditing worker, beside those every worker has."""

from pydantic import Field

from services.runtime.settings import MeshSettings


class AuditSettings(MeshSettings):
    """From the environment (`SHEBAO_AUDIT_…`); units are in the names."""

    audit_seal_entries_max: int = Field(5_000, ge=1)
    """A task's head is signed at the latest after this many entries."""
    audit_seal_after_s: float = Field(900.0, gt=0)
    """And at the latest this long after its first unsealed record was read: every task has an entry a minute, the tick."""
    audit_look_s: float = Field(1.0, gt=0)
    """How often new decision records are read; what comes in between waits at the broker."""
