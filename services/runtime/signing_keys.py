"""Private keys of producers, out of files and the environment: never from an argument, in no log and no message."""

import base64
import binascii
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from schemas.signing import SigningKey
from services.runtime.errors import UserMistake, WillNotStart
from services.runtime.sealing import DEVELOPMENT, given_text
from services.runtime.signing import Signer, development_signer

SIGNING_KEY_VARIABLE = "SHEBAO_SIGNING_KEY"
UNSIGNED = "unsigned"
"""Value of the variable that publishes without signatures: for a mesh whose systems have no keys yet."""


class _KeyFile(BaseModel):
    """A private key as it stands in its file, with whose it is."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    system: Annotated[str, Field(min_length=1)]
    source: Annotated[str, Field(min_length=1, max_length=200)]
    private_key: SecretStr


def new_key(system: str, source: str) -> tuple[SigningKey, str]:
    """Make a key; gives it, and the text of the file that holds its private half."""
    private = Ed25519PrivateKey.generate().private_bytes_raw()
    held = {"system": system, "source": source, "private_key": base64.b64encode(private).decode()}
    return SigningKey(private, system, source), json.dumps(held, indent=2) + "\n"


def write_new_file(path: Path, text: str, mode: int) -> None:
    """Write a new file that those may read whom `mode` names; `UserMistake` where there is one, or no folder."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    except OSError as error:
        raise UserMistake(
            f"密钥无法写入 {path}，请另起文件名。",
            f"The key cannot be written to {path} ({error.strerror}); name a new file.",
        ) from None
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)


def signer_from_environment(environment: Mapping[str, str] | None = None) -> Signer:
    """Give the signer of the key in `SHEBAO_SIGNING_KEY`, or in the file that `SHEBAO_SIGNING_KEY_FILE` names.

    The word `development` asks for the published keys, `unsigned` for none. `WillNotStart`, naming the variable, when it is
    missing or holds no key.
    """
    text = given_text(os.environ if environment is None else environment, SIGNING_KEY_VARIABLE)
    if text == DEVELOPMENT:
        return development_signer()
    return Signer([]) if text == UNSIGNED else Signer([_key_in(text)])


def _key_in(text: str) -> SigningKey:
    wrong = WillNotStart(
        f"{SIGNING_KEY_VARIABLE} 中没有签名密钥，请用 `shebao producers new` 生成，或填 {UNSIGNED}（不签名）。",
        f"{SIGNING_KEY_VARIABLE} holds no signing key: make one with `shebao producers new`, or say {UNSIGNED}.",
    )
    try:
        held = _KeyFile.model_validate_json(text)
        private = base64.b64decode(held.private_key.get_secret_value(), validate=True)
        return SigningKey(private, held.system, held.source)
    except (ValidationError, binascii.Error, ValueError):
        raise wrong from None
