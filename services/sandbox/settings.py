"""Where the sandbox listens and keeps its files; every value can be set by environment."""

import json
from pathlib import Path
from typing import Literal, Self

from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from schemas.access import ADMIN
from services.runtime.broker_connection import BrokerConnection
from services.sandbox.errors import SandboxError
from services.sandbox.loopback import LOOPBACK
from services.sandbox.ports import free_port

BROKERS = (1, 3)
"""How many brokers there may be."""
_PORTS_PER_BROKER = 2
_WORKER_PORTS = 10
"""The health pages of all workers (`WORKERS` of `mesh.py`), and the feeder's behind them."""
ADMIN_HOLDER = "people"
"""In whose folder the administrator's password lies: that of whoever sits at this machine."""


class SandboxSettings(BaseSettings):
    """Settings of the sandbox: ports, folders, sizes (environment prefix `SHEBAO_SANDBOX_`)."""

    model_config = SettingsConfigDict(env_prefix="SHEBAO_SANDBOX_", extra="forbid", frozen=True, populate_by_name=True)

    data_dir: Path = Path(".shebao/data")
    """Everything the sandbox's servers write; `reset` removes it."""
    cache_dir: Path = Path(".shebao/cache")
    """Downloaded and unpacked software; kept by `reset`, safe to delete while nothing runs."""
    maven_repository: str = Field(
        default="https://repo1.maven.org/maven2/",
        validation_alias=AliasChoices("SHEBAO_MAVEN_REPOSITORY", "SHEBAO_SANDBOX_MAVEN_REPOSITORY"),
    )
    """Base address of a Maven repository holding what `jars.lock.json` names."""

    brokers: int = 1
    """One, or three with every record on all of them."""
    secure: bool = False
    """Whether the brokers are reached over TLS only, everybody logs in, and nobody may do more than the table of rights
    says (decision 0084). To be chosen before the first start; data made so is never served otherwise."""
    kafka_port: int = Field(default=19092, ge=1, le=65000)
    """Port of the first broker; its controller is the next port, the next broker the one after."""
    login_port: int = Field(default=0, ge=0, le=65000)
    """Port on which the first broker asks for a name and a password as well (SCRAM-SHA-512, no TLS), the next broker's
    the one after; 0: none does. To be set before the first start, which writes the password down in the cluster."""
    login_user: str = Field(default="worker", pattern=r"^[A-Za-z0-9._-]+$")
    login_password: SecretStr = SecretStr("development")
    registry_port: int = Field(default=18081, ge=1, le=65535)
    registry_management_port: int = Field(default=18082, ge=1, le=65535)
    smtp_port: int = Field(default=18025, ge=1, le=65535)
    printer_port: int = Field(default=18091, ge=1, le=65535)
    calls_port: int = Field(default=18092, ge=1, le=65535)
    page_port: int = Field(default=18120, ge=1, le=65535)
    sign_in_port: int = Field(default=18121, ge=1, le=65535)

    worker_port: int = Field(default=18100, ge=1, le=65000)
    """Health page of the first worker; the others follow it."""

    registry_storage: Literal["h2", "kafkasql"] = "h2"
    kafka_heap_mib: int = Field(default=512, ge=256)
    registry_heap_mib: int = Field(default=384, ge=192)
    unclear_percent: int = Field(default=0, ge=0, le=100)
    """Share of print jobs and call tasks whose first answer is lost after the work was done."""
    fast_start: bool = True
    """Make, once, the caches from which Kafka and the registry start in half the time."""
    start_timeout_s: float = Field(default=90.0, gt=0)
    stop_timeout_s: float = Field(default=30.0, gt=0)

    @field_validator("brokers")
    @classmethod
    def _one_or_three(cls, brokers: int) -> int:
        if brokers not in BROKERS:
            raise ValueError("must be 1 or 3")
        return brokers

    @model_validator(mode="after")
    def _no_open_door_beside_a_locked_one(self) -> Self:
        if self.secure and self.login_port:
            raise ValueError("secure and login_port exclude each other: that listener takes no TLS")
        return self

    @property
    def run_dir(self) -> Path:
        """Who runs: one JSON file a process."""
        return self.data_dir / "run"

    @property
    def log_dir(self) -> Path:
        """What the processes print."""
        return self.data_dir / "logs"

    def broker_port(self, broker_id: int) -> int:
        """Port on which clients reach broker `broker_id` (1, 2 or 3)."""
        return self.kafka_port + _PORTS_PER_BROKER * (broker_id - 1)

    def broker_login_port(self, broker_id: int) -> int:
        """Port on which broker `broker_id` asks for a login, where `login_port` is not 0."""
        return self.login_port + broker_id - 1

    def controller_port(self, broker_id: int) -> int:
        """Port on which the brokers reach the controller inside broker `broker_id`."""
        return self.broker_port(broker_id) + 1

    @property
    def bootstrap_servers(self) -> str:
        """Kafka's bootstrap list, e.g. `127.0.0.1:19092`."""
        return ",".join(f"{LOOPBACK}:{self.broker_port(number)}" for number in range(1, self.brokers + 1))

    @property
    def connection(self) -> BrokerConnection:
        """How whoever manages Kafka on this machine reaches it: in clear, or as the administrator where it is secure."""
        return self.connection_with(ADMIN_HOLDER, ADMIN)

    def connection_with(self, holder: str, account: str) -> BrokerConnection:
        """How an account reaches Kafka, with the password in a holder's folder; in clear where nobody logs in."""
        if not self.secure:
            return BrokerConnection(self.bootstrap_servers)
        file = self.logins_dir(holder) / account
        try:
            password = SecretStr(file.read_text(encoding="utf-8"))
        except OSError as error:
            raise SandboxError(
                f"没有账号 {account} 的密码（{file}），请用 --secure 启动。",
                f"There is no password of {account} ({file}): start the sandbox with --secure.",
            ) from error
        return BrokerConnection(
            self.bootstrap_servers, "SASL_SSL", user=account, password=password, ca_file=self.ca_file
        )

    @property
    def secrets_dir(self) -> Path:
        """Certificates, keys and passwords of a secure sandbox, readable by this user alone."""
        return self.data_dir / "secrets"

    @property
    def ca_file(self) -> Path:
        """PEM of who signed the brokers' certificates."""
        return self.secrets_dir / "ca.pem"

    def logins_dir(self, holder: str) -> Path:
        """Folder of the passwords of one process, or of the people at this machine."""
        return self.secrets_dir / "logins" / holder

    @property
    def cluster_file(self) -> Path:
        """What the data of the brokers was made for: what can never change without a reset."""
        return self.data_dir / "kafka" / "cluster.json"

    @property
    def login_servers(self) -> str:
        """The bootstrap list of the listeners that ask for a name and a password."""
        return ",".join(f"{LOOPBACK}:{self.broker_login_port(number)}" for number in range(1, self.brokers + 1))

    @property
    def registry_url(self) -> str:
        """Base address of the registry's Confluent-compatible interface, without a trailing slash."""
        return f"http://{LOOPBACK}:{self.registry_port}/apis/ccompat/v7"

    @property
    def printer_url(self) -> str:
        """Base address of the card-printer simulator."""
        return f"http://{LOOPBACK}:{self.printer_port}"

    @property
    def calls_url(self) -> str:
        """Base address of the telephone call-task list."""
        return f"http://{LOOPBACK}:{self.calls_port}"

    @property
    def page_url(self) -> str:
        """Where the page is."""
        return f"http://{LOOPBACK}:{self.page_port}"

    @property
    def sign_in_url(self) -> str:
        """The issuer with which people sign in at the page."""
        return f"http://{LOOPBACK}:{self.sign_in_port}"

    @property
    def documents_dir(self) -> Path:
        """Where documents with an official number are kept."""
        return self.data_dir / "documents"

    @property
    def mail_dir(self) -> Path:
        """Where the local mail server leaves each mail as an `.eml` file."""
        return self.data_dir / "mail"


def load_settings(**chosen: object) -> SandboxSettings:
    """Read the settings from the environment; raises `SandboxError` about the first wrong one.

    `chosen` goes before the environment. Data that was made for a secure sandbox is one, also for whoever does not say so:
    every other command finds the way in by itself.
    """
    try:
        settings = SandboxSettings.model_validate(chosen)
        if "secure" not in settings.model_fields_set and _was_made_secure(settings.cluster_file):
            return SandboxSettings.model_validate({**chosen, "secure": True})
        return settings
    except ValidationError as error:
        first = error.errors()[0]
        why = first["msg"].removeprefix("Value error, ")
        if not first["loc"]:  # two settings that do not go together: what was given is all of them, passwords as well
            raise SandboxError("本机网格的设置互相矛盾。", f"The sandbox's settings cannot be: {why}.") from error
        name = f"SHEBAO_SANDBOX_{first['loc'][0]}".upper()
        raise SandboxError(f"{name} 的值不正确。", f"{name} is {first['input']!r}, but {why}.") from error


def free_ports(brokers: int = 1) -> dict[str, int]:
    """Give ports that nobody holds now, by the names of their settings; none on which a login is asked for in clear."""
    return {
        "kafka_port": free_port(neighbours=_PORTS_PER_BROKER * brokers - 1),
        "registry_port": free_port(),
        "registry_management_port": free_port(),
        "smtp_port": free_port(),
        "printer_port": free_port(),
        "calls_port": free_port(),
        "page_port": free_port(),
        "sign_in_port": free_port(),
        "worker_port": free_port(neighbours=_WORKER_PORTS - 1),
    }


def on_free_ports(data_dir: Path, brokers: int = 1, **chosen: object) -> SandboxSettings:
    """Give the settings of one more sandbox on this machine, for a test or a measurement; `chosen` goes before the environment."""
    ports = free_ports(brokers)
    return SandboxSettings.model_validate({"data_dir": data_dir, "brokers": brokers, **ports, **chosen})


def _was_made_secure(cluster_file: Path) -> bool:
    try:
        return bool(json.loads(cluster_file.read_text(encoding="utf-8")).get("secure"))
    except FileNotFoundError:
        return False
