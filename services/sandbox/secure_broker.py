"""The part of a secure broker's `server.properties` that says who is let in, how, and who may do anything (decision 0084)."""

from schemas.access import ADMIN
from services.sandbox.certificates import broker_name
from services.sandbox.logins import BROKER
from services.sandbox.settings import SandboxSettings

LISTENER, MECHANISM = "SASL_SSL", "SCRAM-SHA-512"
"""Name and protocol of the one listener for clients and among brokers, and how a password is shown: it is never sent."""
_LOGIN_MODULE = "org.apache.kafka.common.security.scram.ScramLoginModule required"


def properties(settings: SandboxSettings, broker_id: int) -> dict[str, str]:
    """Settings of one broker; no secret stands in them, only in which file it lies."""
    return {**_listeners(), **_tls(settings, broker_id), **_logins(settings), **_rights(settings)}


def asks_for_a_login(listener: str) -> dict[str, str]:
    """Settings of a listener to which clients show a password, and no certificate."""
    return {
        f"listener.name.{listener.lower()}.ssl.client.auth": "none",
        f"listener.name.{listener.lower()}.{MECHANISM.lower()}.sasl.jaas.config": f"{_LOGIN_MODULE};",
    }


def _listeners() -> dict[str, str]:
    return {
        "listener.security.protocol.map": f"{LISTENER}:SASL_SSL,CONTROLLER:SSL",
        # Controllers know each other by certificate alone: a cluster that has not begun has no passwords yet.
        "listener.name.controller.ssl.client.auth": "required",
    }


def _tls(settings: SandboxSettings, broker_id: int) -> dict[str, str]:
    return {
        "ssl.keystore.type": "PEM",
        "ssl.keystore.location": str((settings.secrets_dir / f"broker-{broker_id}.pem").resolve()),
        "ssl.truststore.type": "PEM",
        "ssl.truststore.location": str(settings.ca_file.resolve()),
        "ssl.enabled.protocols": "TLSv1.3",
        "ssl.protocol": "TLSv1.3",
        # The default, said outright: whoever connects compares the certificate with the address it connected to.
        "ssl.endpoint.identification.algorithm": "https",
    }


def _logins(settings: SandboxSettings) -> dict[str, str]:
    folder = settings.logins_dir(BROKER).resolve()
    return asks_for_a_login(LISTENER) | {
        "sasl.enabled.mechanisms": MECHANISM,
        "sasl.mechanism.inter.broker.protocol": MECHANISM,
        # The broker reads its own password from the file: it stands neither here nor among arguments.
        "config.providers": "folder",
        "config.providers.folder.class": "org.apache.kafka.common.config.provider.DirectoryConfigProvider",
        f"listener.name.{LISTENER.lower()}.{MECHANISM.lower()}.sasl.jaas.config": (
            f'{_LOGIN_MODULE} username="{BROKER}" password="${{folder:{folder}:{BROKER}}}";'
        ),
    }


def _rights(settings: SandboxSettings) -> dict[str, str]:
    controllers = [broker_name(number) for number in range(1, settings.brokers + 1)]
    return {
        "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        "allow.everyone.if.no.acl.found": "false",
        "super.users": ";".join(f"User:{name}" for name in (ADMIN, BROKER, *controllers)),
    }
