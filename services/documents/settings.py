"""Where documents are kept. From the environment: `SHEBAO_DOCUMENTS_FOLDER`."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class DocumentSettings(BaseSettings):
    """Settings of making out documents."""

    model_config = SettingsConfigDict(env_prefix="SHEBAO_DOCUMENTS_", extra="ignore", frozen=True)

    folder: Path = Path(".shebao/data/documents")
    """The content-addressed store; on one file system, kept as long as the law keeps files."""
    at_once_max: int = Field(2, ge=1, le=64)
    """Documents set at the same time; each takes a core."""
