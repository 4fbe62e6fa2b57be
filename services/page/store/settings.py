"""Settings of the page's store."""

from pydantic import Field, SecretStr

from services.runtime.settings import MeshSettings


class StoreSettings(MeshSettings):
    """What the feeder and whoever asks the store need, besides what every process needs."""

    page_store_url: SecretStr | None = None
    """`sqlite+aiosqlite:///FILE` or `postgresql+psycopg://USER:PASSWORD@HOST/NAME`; empty: a file in the work folder."""
    page_look_s: float = Field(5.0, gt=0)
    """How often the feeder looks how far it is behind."""

    @property
    def store_url(self) -> str:
        """The address of the store's database."""
        if self.page_store_url is not None:
            return self.page_store_url.get_secret_value()
        return f"sqlite+aiosqlite:///{(self.work_dir / 'page.db').absolute()}"
