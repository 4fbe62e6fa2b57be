"""Every setting of a worker, in one place. From the environment (`SHEBAO_…`); secrets from files or environment only."""

from pathlib import Path
from typing import Self

from pydantic import Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from schemas import topics


class MeshSettings(BaseSettings):
    """Settings of a worker. Units are in the names; every bound of the runtime is here or beside its use."""

    model_config = SettingsConfigDict(env_prefix="SHEBAO_", extra="ignore")

    bootstrap_servers: str = "127.0.0.1:19092"
    registry_url: str = "http://127.0.0.1:18081/apis/ccompat/v7"
    work_dir: Path = Path(".shebao/data/workers")
    """Where the last agreement with the registry is kept."""
    worker_name: str = ""
    """Name in logs and tables; the service's name and process id when empty."""
    health_port: int = Field(0, ge=0, le=65535)
    """Loopback port of the health page; 0 = any free port, said in the log."""
    log_format: str = Field("json", pattern="^(json|console)$")
    log_level: str = "info"
    partitions: int = topics.PARTITIONS

    batch_records_max: int = Field(2_000, ge=1)
    batch_work_ms_max: int = Field(250, ge=1)
    """A batch takes in no more records after this long, so that other tasks of the process get their turn."""
    timers_a_batch_max: int = Field(500, ge=1)
    buffered_records_max: int = Field(10_000, ge=1)
    refusals_max: int = Field(50, ge=1)

    transaction_timeout_ms: int = 10_000
    request_timeout_ms: int = 10_000
    """Not below `transaction_timeout_ms`: a commit asked for a second time inside a transaction that then succeeds leaves
    the first request behind, and where that arrives late it commits the half of the next transaction."""
    stuck_after_s: float = 10.0
    """A task without progress while its lag is above zero is started anew after this."""
    session_timeout_ms: int = 10_000
    heartbeat_interval_ms: int = 3_000
    poll_interval_max_ms: int = 300_000
    rebalance_timeout_ms: int = 15_000
    fetch_wait_ms: int = 5_000
    """How long the broker holds a fetch that finds nothing; it answers at once when something comes."""
    turn_ms: int = 500
    """How long a task waits for records before it looks around: at a wish to stop, its lag, held ticks."""
    restart_backoff_s_max: float = 5.0
    stop_timeout_s: float = 20.0
    registry_retry_s: float = 1.0
    attempts_at_once_max: int = 16
    attempts_waiting_max: int = 10_000

    @model_validator(mode="after")
    def requests_are_not_repeated_inside_a_transaction(self) -> Self:
        """Refuse timeouts under which a request is repeated and its transaction still succeeds."""
        if self.request_timeout_ms < self.transaction_timeout_ms:
            raise ValueError("request_timeout_ms must not be below transaction_timeout_ms")
        return self
