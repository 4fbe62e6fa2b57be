"""How the effect shell of documents is plugged in; it runs in the worker of the service that asks."""

from collections.abc import Mapping
from importlib import import_module

from schemas.documents import DocumentAttempted, DocumentCompleted, DocumentRequested
from services.documents.settings import DocumentSettings
from services.runtime.effects import Effect, EffectPort, effect_service
from services.runtime.settings import read_settings

PORT = "documents"

DOCUMENTS = effect_service(
    "documents",
    "documents-1",
    Effect(DocumentRequested, DocumentAttempted, DocumentCompleted),
    {},
    PORT,
)
"""The effect shell that has documents made out."""


def ports() -> Mapping[str, EffectPort]:
    """Make the port from the environment: `SHEBAO_DOCUMENTS_…`. `WrongSetting` names what is wrong there.

    The typesetter is loaded here and not before: who only names this service needs neither it nor its fonts.
    """
    settings = read_settings(DocumentSettings)
    maker = import_module("services.documents.maker")
    typesetter = import_module("services.documents.typesetting").Typesetter()
    store = import_module("services.documents.store").FolderStore(settings.folder)
    return {PORT: maker.DocumentMaker(typesetter, store, settings.at_once_max)}
