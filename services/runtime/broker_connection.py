"""How a client reaches the brokers and shows who it is: one value, made by the settings, used by every client.

It is the one place where a client of Kafka learns of addresses, TLS and logins; none names them by itself.
"""

import ssl
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from aiokafka.conn import collect_hosts, create_conn
from aiokafka.errors import KafkaError, SaslAuthenticationFailed, UnsupportedSaslMechanismError
from aiokafka.helpers import create_ssl_context
from aiokafka.protocol.metadata import MetadataRequest
from pydantic import SecretStr

from services.runtime.client_mends import mend_clients
from services.runtime.errors import Sentences, WillNotStart

Security = Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"]
"""What lies between us and the broker: nothing, TLS, a login, a login over TLS. Kafka's names."""
Mechanism = Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"]
"""How a login shows its password; SCRAM does not send it."""

ASK_TIMEOUT_MS = 10_000

mend_clients()  # before any client of Kafka can be made


@dataclass(frozen=True, slots=True)
class BrokerConnection:
    """Addresses, TLS and login of the brokers. The password does not show when it is printed."""

    servers: str
    """Bootstrap list, e.g. `kafka-1:9092,kafka-2:9092`."""
    security: Security = "PLAINTEXT"
    mechanism: Mechanism = "SCRAM-SHA-512"
    user: str = ""
    password: SecretStr | None = None
    ca_file: Path | None = None
    """PEM of who signed the brokers' certificates; None: those the machine trusts."""
    certificate_file: Path | None = None
    """PEM of our own certificate, with `key_file`, where brokers ask for one."""
    key_file: Path | None = None

    @property
    def logs_in(self) -> bool:
        """Tell whether a user name and password are shown."""
        return self.security.startswith("SASL_")

    @property
    def is_nobodys(self) -> bool:
        """Tell whether neither a login nor a certificate of our own says who we are."""
        return not self.logs_in and self.certificate_file is None

    def tls(self) -> ssl.SSLContext | None:
        """Give what TLS needs, None without TLS; `WillNotStart` when a file cannot be used."""
        if not self.security.endswith("SSL"):
            return None
        return _tls_context(self.ca_file, self.certificate_file, self.key_file)

    def how(self) -> dict[str, Any]:
        """Give the arguments of aiokafka that say how to connect, without the addresses."""
        arguments: dict[str, Any] = {"security_protocol": self.security}
        context = self.tls()
        if context is not None:
            arguments["ssl_context"] = context
        if self.logs_in:
            password = self.password or SecretStr("")
            arguments |= {
                "sasl_mechanism": self.mechanism,
                "sasl_plain_username": self.user,
                "sasl_plain_password": password.get_secret_value(),
            }
        return arguments

    def client(self) -> dict[str, Any]:
        """Give the arguments that every client of aiokafka takes: `AIOKafkaConsumer(**connection.client(), …)`."""
        return {"bootstrap_servers": self.servers, **self.how()}

    async def why_refused(self) -> Sentences:
        """Say in one sentence (in Chinese and in English) why no client connects; aiokafka writes the cause to its log alone, so it is asked again."""
        refusals = await self.refusals()
        if refusals:
            return refusals[0]
        return Sentences(
            f"Kafka（{self.servers}）曾中断连接，现已应答，请再试一次。",
            f"The broker at {self.servers} broke a connection off; it answers now.",
        )

    async def refusals(self) -> list[Sentences]:
        """Ask every broker of the list; give a sentence for each that does not let us in now."""
        answers = [await self._asked(host, port) for host, port, _ in collect_hosts(self.servers, randomize=False)]
        return [answer for answer in answers if answer is not None]

    async def _asked(self, host: str, port: int) -> Sentences | None:
        server = f"{host}:{port}"
        try:
            connection = await create_conn(host, port, request_timeout_ms=ASK_TIMEOUT_MS, **self.how())
            try:
                # A broker that waits for a login answers about its versions all the same, and then hangs up.
                await connection.send(MetadataRequest([]))
            finally:
                connection.close()
        except SaslAuthenticationFailed:
            return Sentences(
                f"Kafka（{server}）不允许用户 {self.user} 登录：用户名或者密码有误（{self.mechanism}）。",
                f"The broker at {server} refuses user {self.user}: user name or password is wrong ({self.mechanism}).",
            )
        except UnsupportedSaslMechanismError:
            return Sentences(
                f"Kafka（{server}）不支持以 {self.mechanism} 方式登录，请设置 SHEBAO_BROKER_MECHANISM。",
                f"The broker at {server} does not offer logins by {self.mechanism}: set SHEBAO_BROKER_MECHANISM.",
            )
        except ssl.SSLError as error:
            return Sentences(
                f"与 Kafka（{server}）的 TLS 连接未能建立，请核对证书。",
                f"The broker at {server} and we do not agree on TLS: {error.reason or error}.",
            )
        except (OSError, TimeoutError):
            return Sentences(
                f"{server} 上的 Kafka 没有应答，请用 `shebao up` 启动。",
                f"No broker answers at {server}: start the mesh with `shebao up`.",
            )
        except KafkaError as error:
            return Sentences(
                f"Kafka（{server}）不接受 {self.security} 方式的连接。",
                f"The broker at {server} does not take {self.security} connections: {error}.",
            )
        return None


@lru_cache(maxsize=8)
def _tls_context(ca_file: Path | None, certificate_file: Path | None, key_file: Path | None) -> ssl.SSLContext:
    """Read the files once a process: new certificates are taken up by starting anew.

    The empty password keeps OpenSSL from asking for one at the terminal where the key file is encrypted.
    """
    files = [str(path) if path is not None else None for path in (ca_file, certificate_file, key_file)]
    try:
        context: ssl.SSLContext = create_ssl_context(cafile=files[0], certfile=files[1], keyfile=files[2], password="")
    except (OSError, ValueError) as error:
        named = ", ".join(name for name in files if name)
        raise WillNotStart(
            f"TLS 所用文件无法使用：{named}。", f"The files for TLS cannot be used ({named}): {error}."
        ) from error
    return context
