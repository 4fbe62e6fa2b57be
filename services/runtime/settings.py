"""Every setting of a worker, in one place. From the environment (`SHEBAO_…`); secrets from files or environment only."""

import re
from pathlib import Path
from typing import Literal, Self, TypeVar

import httpx
from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError

from schemas import topics
from services.runtime.broker_connection import BrokerConnection, Mechanism, Security
from services.runtime.errors import WillNotStart, WrongSetting

S = TypeVar("S", bound=BaseSettings)
_SERVER = re.compile(r"([^\s:\[\]]+|\[[0-9A-Fa-f:]+\]):[0-9]{1,5}")


def read_settings(kind: type[S]) -> S:
    """Read settings from the environment; `WrongSetting` names the first that cannot be, and not its value."""
    try:
        return kind()
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        prefix = kind.model_config.get("env_prefix", "")
        name = f"{prefix}{'_'.join(str(part) for part in first['loc'])}".upper().rstrip("_")
        raise WrongSetting(
            f"{name} 的设置不正确。",
            f"{name}: {first['msg'].removeprefix('Value error, ').rstrip('.')}.",
        ) from None
    except SettingsError as error:
        raise WrongSetting("环境变量无法读取。", f"The environment cannot be read: {error}.") from None


class MeshSettings(BaseSettings):
    """Settings of a worker. Units are in the names; every bound of the runtime is here or beside its use."""

    model_config = SettingsConfigDict(env_prefix="SHEBAO_", extra="ignore", hide_input_in_errors=True)

    bootstrap_servers: str = "127.0.0.1:19092"
    client: Literal["aiokafka", "confluent"] = "aiokafka"
    """Which client moves the records of tasks; the second needs the extra `confluent` (docs/decisions/0089)."""
    broker_security: Security = "PLAINTEXT"
    broker_mechanism: Mechanism = "SCRAM-SHA-512"
    broker_user: str = ""
    broker_password: SecretStr | None = None
    broker_password_file: Path | None = None
    """Instead of the password; read whenever a client is made, so that a changed password needs no new start."""
    broker_logins_dir: Path | None = None
    """Instead of user and password: a folder that holds, for each account of this process, a file of its name with its
    password. Every service of the process then logs in as itself."""
    broker_ca_file: Path | None = None
    broker_certificate_file: Path | None = None
    broker_key_file: Path | None = None
    registry_url: str = "http://127.0.0.1:18081/apis/ccompat/v7"
    work_dir: Path = Path(".shebao/data/workers")
    """Where the last agreement with the registry is kept, and which member of its group a worker with a name is."""
    worker_name: str = ""
    """Name in logs and tables, the same in each life of a worker; the service's name and process id when empty. With one, a worker
    that is started again takes its dead self out of the group (decision 0107)."""
    health_port: int = Field(0, ge=0, le=65535)
    """Port of the health page and the metrics; 0 = any free port, said in the log."""
    health_host: str = "127.0.0.1"
    """Address they listen at: loopback, or one that Prometheus and probes reach; what they show holds no case and no person."""
    log_format: str = Field("json", pattern="^(json|console)$")
    log_level: str = Field("info", pattern="^(?i:debug|info|warning|error|critical)$")
    log_file: Path | None = None
    """Where the log goes, with what the process prints itself; turned over when it is large. Standard error when empty."""
    traces_endpoint: str = ""
    """Where spans go (OTLP over HTTP, such as http://collector.example:4318/v1/traces); nothing is traced when empty."""
    traces_ratio: float = Field(1.0, ge=0.0, le=1.0)
    """Which part of all traces is exported; chosen by their ids, so that every worker exports the same ones."""
    traces_a_second_max: int = Field(1_000, ge=1)
    """Spans a second that a worker exports; making and encoding one takes as long as deciding a record, so a backlog must not
    be traced as fast as it is decided. What does not fit is dropped, and counted."""
    partitions: int = topics.PARTITIONS
    """How many each topic of the mesh has; keys hash to it, so it is the same for everybody and for good. Other than the
    inventory's only on a mesh without page, monitoring and seals, as the demonstration's is (decision 0105)."""

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
    session_timeout_ms: int = 6_000
    """A worker that is not heard of for so long is taken for dead, and its tasks go to others: a killed one's stand still for
    so long. Taken for dead wrongly it loses a few seconds and nothing else. Kafka's brokers refuse less by default."""
    heartbeat_interval_ms: int = 1_000
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

    @field_validator("bootstrap_servers")
    @classmethod
    def _hosts_with_ports(cls, servers: str) -> str:
        if not all(_SERVER.fullmatch(server.strip()) for server in servers.split(",")):
            raise ValueError("must be HOST:PORT, several divided by commas")
        return servers

    @field_validator("registry_url")
    @classmethod
    def _address_of_a_page(cls, url: str) -> str:
        try:
            is_one = httpx.URL(url).scheme in {"http", "https"} and bool(httpx.URL(url).host)
        except httpx.InvalidURL:
            is_one = False
        if not is_one:
            raise ValueError("must be an address such as http://registry:8080/apis/ccompat/v7")
        return url

    @field_validator("traces_endpoint")
    @classmethod
    def _address_or_nothing(cls, url: str) -> str:
        return cls._address_of_a_page(url) if url else url

    @model_validator(mode="after")
    def the_login_is_whole(self) -> Self:
        """Refuse half a login, and secrets that would not be used: a worker must not seem to be safe."""
        given = (self.broker_password is not None) + (self.broker_password_file is not None)
        one_login = bool(self.broker_user) + given
        if self.broker_security.startswith("SASL_"):
            if (one_login, self.broker_logins_dir is not None) not in {(2, False), (0, True)} or given > 1:
                raise ValueError(
                    f"SHEBAO_BROKER_SECURITY={self.broker_security} needs either SHEBAO_BROKER_LOGINS_DIR, or "
                    "SHEBAO_BROKER_USER and one of SHEBAO_BROKER_PASSWORD and SHEBAO_BROKER_PASSWORD_FILE"
                )
        elif one_login or self.broker_logins_dir is not None:
            raise ValueError("a user or password for the broker is given: set SHEBAO_BROKER_SECURITY to SASL_SSL")
        files = (self.broker_ca_file, self.broker_certificate_file, self.broker_key_file)
        if any(files) and not self.broker_security.endswith("SSL"):
            raise ValueError("a file for TLS is given: set SHEBAO_BROKER_SECURITY to SSL or SASL_SSL")
        if (self.broker_certificate_file is None) != (self.broker_key_file is None):
            raise ValueError("SHEBAO_BROKER_CERTIFICATE_FILE and SHEBAO_BROKER_KEY_FILE belong together")
        return self

    @model_validator(mode="after")
    def requests_are_not_repeated_inside_a_transaction(self) -> Self:
        """Refuse timeouts under which a request is repeated and its transaction still succeeds."""
        if self.request_timeout_ms < self.transaction_timeout_ms:
            raise ValueError("request_timeout_ms must not be below transaction_timeout_ms")
        return self

    def logged_in_as(self, account: str) -> Self:
        """Give the settings of one account of the process; where it has but one login, that serves for all."""
        if self.broker_logins_dir is None:
            return self
        return self.model_copy(
            update={"broker_user": account, "broker_password_file": self.broker_logins_dir / account}
        )

    @property
    def connection(self) -> BrokerConnection:
        """How every client of this process reaches the brokers; `WillNotStart` when the password's file is unreadable."""
        if self.broker_logins_dir is not None and not self.broker_user:
            raise WillNotStart(
                "已设置 SHEBAO_BROKER_LOGINS_DIR，但本程序没有说明使用哪个账号。",
                "SHEBAO_BROKER_LOGINS_DIR is given, and this program does not say which account it is.",
            )
        return BrokerConnection(
            self.bootstrap_servers,
            self.broker_security,
            self.broker_mechanism,
            self.broker_user,
            self.broker_password if self.broker_password_file is None else self._secret_in(self.broker_password_file),
            self.broker_ca_file,
            self.broker_certificate_file,
            self.broker_key_file,
        )

    def _secret_in(self, file: Path) -> SecretStr:
        try:
            return SecretStr(file.read_text(encoding="utf-8").strip())
        except (OSError, UnicodeDecodeError) as error:
            if self.broker_logins_dir is None:
                raise WillNotStart(
                    "SHEBAO_BROKER_PASSWORD_FILE 所指文件无法读取。",
                    f"SHEBAO_BROKER_PASSWORD_FILE names a file that cannot be read: {error}.",
                ) from None
            raise WillNotStart(
                f"SHEBAO_BROKER_LOGINS_DIR 中没有账号 {self.broker_user} 的密码，此处不能如此办理。",
                f"SHEBAO_BROKER_LOGINS_DIR holds no password of {self.broker_user}, so this may not be done here: {error}.",
            ) from None
