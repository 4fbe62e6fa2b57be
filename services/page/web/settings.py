"""Settings of the page's web side, beside those every worker has."""

from pathlib import Path
from typing import Self

from pydantic import Field, SecretStr, model_validator

from services.runtime.settings import MeshSettings

SECRET_CHARACTERS_MIN = 32
LOOPBACK_HOSTS = ("127.0.0.1", "localhost", "[::1]")


class WebSettings(MeshSettings):
    """From the environment (`SHEBAO_PAGE_…`); units are in the names."""

    page_port: int = Field(18120, ge=0, le=65535)
    """Loopback port; a proxy with TLS stands before it where others than this machine look."""
    page_store_health_port: int = Field(0, ge=0, le=65535)
    """Loopback port of the feeder's health page and metrics; 0 = any free one, said in its log."""
    page_address: str = ""
    """Address under which people reach the page, e.g. `https://page.agency.example`; loopback and port when empty."""
    page_provider: str = "http://127.0.0.1:18121"
    """Issuer of the OpenID provider. In clear only on loopback."""
    page_client_id: str = "shebao-page"
    page_client_secret: SecretStr | None = None
    page_client_secret_file: Path | None = None
    page_session_idle_minutes: int = Field(20, ge=1)
    page_session_hours_max: int = Field(10, ge=1)
    page_rights_minutes: int = Field(5, ge=1)
    """The provider is asked again for the roles of who is signed in, when its word is older than this."""
    page_rights_silent_minutes: int = Field(30, ge=1)
    """A session ends when the provider has not confirmed its person's roles for so long, because it does not answer."""
    page_requests_a_minute_max: int = Field(600, ge=1)
    """Requests of one session (or, before anybody signed in, of one address)."""
    page_orders_a_minute_max: int = Field(100, ge=1)
    """Orders written in a minute, by all people together."""
    page_proposal_hours_max: int = Field(24, ge=1)
    """A proposal nobody approved for so long cannot be approved any more."""
    page_replay_minutes_max: int = Field(10, ge=1)
    page_event_streams_max: int = Field(100, ge=1)
    """Server-sent event streams at once, of all people together."""

    @model_validator(mode="after")
    def nothing_secret_goes_in_clear(self) -> Self:
        """Refuse a provider or an address in clear that is not on this machine."""
        for address in (self.page_provider, self.page_address):
            if address and not address.startswith("https://") and not _is_loopback(address):
                raise ValueError("SHEBAO_PAGE_PROVIDER and SHEBAO_PAGE_ADDRESS must be https where not on this machine")
        return self

    @property
    def client_secret(self) -> str:
        """What the page tells the provider; read whenever it is needed."""
        if self.page_client_secret_file is not None:
            return self.page_client_secret_file.read_text(encoding="utf-8").strip()
        return "" if self.page_client_secret is None else self.page_client_secret.get_secret_value()

    @property
    def address(self) -> str:
        """Where people reach the page, without a trailing slash."""
        return (self.page_address or f"http://127.0.0.1:{self.page_port}").rstrip("/")


def _is_loopback(address: str) -> bool:
    return any(address.startswith((f"http://{host}:", f"http://{host}/")) for host in LOOPBACK_HOSTS)
