"""Keys of persons and cards: an HMAC in place of the number. Versioned, and never rotated.

Its secret is the one key of the mesh that has no successor: with another one every person would become two. So it is no
business of the vault, and no service but the edges that take numbers in holds it.
"""

import hashlib
import hmac

from schemas.vocabulary import citizen_number_is_valid
from services.runtime.errors import UserMistake, WillNotStart

SECRET_BYTES_MIN = 32
VERSION = 1
KEY_HEX = 32


class PersonKeys:
    """Makes person and card keys. Holds the secret; does not show it."""

    def __init__(self, secret: bytes) -> None:
        """Take at least 32 bytes; `WillNotStart` when there are fewer."""
        if len(secret) < SECRET_BYTES_MIN:
            raise WillNotStart(
                f"个人标识密钥至少应有 {SECRET_BYTES_MIN} 字节。",
                f"The person secret must have at least {SECRET_BYTES_MIN} bytes.",
            )
        self._secret = secret

    def __repr__(self) -> str:
        return f"PersonKeys(version={VERSION})"

    def person_key(self, citizen_number: str) -> str:
        """Give the key of a person: `p1-` and 32 hex digits of HMAC-SHA256 over the citizen number.

        `UserMistake` when the number fails GB 11643; the number itself is not repeated in the message.
        """
        if not citizen_number_is_valid(citizen_number):
            raise UserMistake(
                "公民身份号码未通过校验（GB 11643），请更正后再试。",
                "The citizen number fails its check (GB 11643); correct it and try again.",
            )
        return f"p{VERSION}-{self._name(citizen_number.encode())}"

    def card_key(self, card_number: str) -> str:
        """Give the key of a social-security card: `c1-` and 32 hex digits of HMAC-SHA256 over the card number."""
        return f"c{VERSION}-{self._name(b'card number' + bytes(1) + card_number.encode())}"

    def _name(self, message: bytes) -> str:
        return hmac.new(self._secret, message, hashlib.sha256).hexdigest()[:KEY_HEX]
