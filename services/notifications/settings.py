"""Where the channels are; from the environment (`SHEBAO_CHANNELS_…`)."""

from pathlib import Path
from typing import Literal, Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class ChannelSettings(BaseSettings):
    """Settings of the telephone and mail channels. Durations are seconds."""

    model_config = SettingsConfigDict(env_prefix="SHEBAO_CHANNELS_", extra="ignore", frozen=True)

    smtp_host: str = "127.0.0.1"
    smtp_port: int = Field(18025, ge=1, le=65535)
    smtp_security: Literal["none", "starttls", "tls"] = "none"
    smtp_username: str = ""
    smtp_password: SecretStr = SecretStr("")
    sender: str = Field("notices@shebao.example", pattern=r"^[^@\s<>]+@[^@\s<>]+$")
    """Address that mails come from; its domain also ends each Message-ID."""
    mail_folder: Path | None = None
    """Folder where the mail server keeps each mail as `.eml`; with it a mail can be looked up. None: it cannot."""
    mail_folder_files_max: int = Field(10_000, ge=1)
    """Newest mails of the folder that a look-up reads."""

    calls_url: str = "http://127.0.0.1:18092"
    """Base address of the call-task list."""

    connect_timeout_s: float = Field(5.0, gt=0, le=15)
    answer_timeout_s: float = Field(20.0, gt=0, le=40)
    """Together below the 60 s after which the effect shell gives an attempt up."""

    @model_validator(mode="after")
    def a_password_is_not_sent_in_clear(self) -> Self:
        """Refuse to log in over a connection that anybody can read."""
        if self.smtp_username and self.smtp_security == "none":
            raise ValueError("set SHEBAO_CHANNELS_SMTP_SECURITY to starttls or tls before giving a user name")
        return self
