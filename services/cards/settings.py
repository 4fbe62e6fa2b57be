"""Settings of the way to the card printer. From the environment: `SHEBAO_PRINTER_URL`, `SHEBAO_PRINTER_TIMEOUT_S`."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class PrinterSettings(BaseSettings):
    """Where the card printer is, and how long it may take to answer."""

    model_config = SettingsConfigDict(env_prefix="SHEBAO_PRINTER_", extra="ignore")

    url: str = Field("http://127.0.0.1:18091", pattern=r"^https?://[^/\s]+(/[^\s]*)?$")
    """Base address; jobs are at `<url>/print-jobs`."""
    timeout_s: float = Field(15.0, gt=0, le=50)
    """Seconds for one answer; the effect shell itself gives up after 60 s."""
