import asyncio
import ssl
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pydantic import SecretStr

from services.monitoring.settings import MonitoringSettings
from services.runtime.broker_connection import BrokerConnection
from services.runtime.compression import refuse_missing_codecs
from services.runtime.errors import WillNotStart, WrongSetting
from services.runtime.settings import MeshSettings, read_settings
from services.sandbox.ports import free_port

SECRET = "correct-horse"
LOGIN = {"SHEBAO_BROKER_SECURITY": "SASL_PLAINTEXT", "SHEBAO_BROKER_USER": "arrears", "SHEBAO_BROKER_PASSWORD": SECRET}


def loaded(monkeypatch: pytest.MonkeyPatch, variables: Mapping[str, str]) -> MeshSettings:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return read_settings(MeshSettings)


class Certificate:
    """A certificate for 127.0.0.1 that signs itself, and its key, as PEM files."""

    def __init__(self, folder: Path, password: bytes = b"") -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
        now = datetime.now(UTC)
        made = (
            x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(key, hashes.SHA256())
        )
        self.file, self.key_file = folder / "certificate.pem", folder / "key.pem"
        self.file.write_bytes(made.public_bytes(serialization.Encoding.PEM))
        hidden: serialization.KeySerializationEncryption = serialization.NoEncryption()
        if password:
            hidden = serialization.BestAvailableEncryption(password)
        self.key_file.write_bytes(
            key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, hidden)
        )


def test_without_settings_a_client_connects_in_clear() -> None:
    assert {"bootstrap_servers": "broker:9092", "security_protocol": "PLAINTEXT"} == BrokerConnection(
        "broker:9092"
    ).client()


def test_a_login_is_shown_by_every_client(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = loaded(monkeypatch, LOGIN | {"SHEBAO_BOOTSTRAP_SERVERS": "broker:9092"})

    assert {
        "bootstrap_servers": "broker:9092",
        "security_protocol": "SASL_PLAINTEXT",
        "sasl_mechanism": "SCRAM-SHA-512",
        "sasl_plain_username": "arrears",
        "sasl_plain_password": SECRET,
    } == settings.connection.client()


def test_a_password_is_read_from_its_file_anew_for_each_client(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("first\n")
    monkeypatch.setenv("SHEBAO_BROKER_PASSWORD_FILE", str(file))
    settings = loaded(monkeypatch, {name: value for name, value in LOGIN.items() if not name.endswith("PASSWORD")})

    before = settings.connection.client()["sasl_plain_password"]
    file.write_text("second\n")

    assert ["first", "second"] == [before, settings.connection.client()["sasl_plain_password"]]


def test_a_password_does_not_show_when_settings_are_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = loaded(monkeypatch, LOGIN)

    assert SECRET not in f"{settings!r} {settings.connection!r} {settings.connection}"


WRONG = {
    "SHEBAO_BROKER_USER and one of": LOGIN | {"SHEBAO_BROKER_USER": ""},
    "needs either SHEBAO_BROKER_LOGINS_DIR, or": LOGIN | {"SHEBAO_BROKER_LOGINS_DIR": "/run/secrets/logins"},
    "a user or password for the broker is given": {"SHEBAO_BROKER_LOGINS_DIR": "/run/secrets/logins"},
    "and one of SHEBAO_BROKER_PASSWORD": LOGIN | {"SHEBAO_BROKER_PASSWORD_FILE": "/run/secrets/broker"},
    "set SHEBAO_BROKER_SECURITY to SASL_SSL": LOGIN | {"SHEBAO_BROKER_SECURITY": "PLAINTEXT"},
    "set SHEBAO_BROKER_SECURITY to SSL": LOGIN | {"SHEBAO_BROKER_CA_FILE": "/etc/ca.pem"},
    "belong together": LOGIN | {"SHEBAO_BROKER_SECURITY": "SASL_SSL", "SHEBAO_BROKER_KEY_FILE": "/etc/key.pem"},
    "SHEBAO_BROKER_SECURITY: Input should be": LOGIN | {"SHEBAO_BROKER_SECURITY": "TLS"},
    "SHEBAO_BROKER_MECHANISM: Input should be": LOGIN | {"SHEBAO_BROKER_MECHANISM": "GSSAPI"},
}


@pytest.mark.parametrize("expected", WRONG)
def test_a_wrong_setting_is_one_sentence_without_the_secret(monkeypatch: pytest.MonkeyPatch, expected: str) -> None:
    with pytest.raises(WrongSetting) as caught:
        loaded(monkeypatch, WRONG[expected])

    assert expected in str(caught.value)
    assert SECRET not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_password_file_that_cannot_be_read_is_one_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    without = {name: value for name, value in LOGIN.items() if not name.endswith("PASSWORD")}
    settings = loaded(monkeypatch, without | {"SHEBAO_BROKER_PASSWORD_FILE": str(tmp_path / "absent")})

    with pytest.raises(WillNotStart, match="SHEBAO_BROKER_PASSWORD_FILE names a file that cannot be read"):
        _ = settings.connection


def with_logins(monkeypatch: pytest.MonkeyPatch, folder: Path) -> MeshSettings:
    for name in ("notifications", "deliveries"):
        (folder / name).write_text(f"the password of {name}")
    return loaded(monkeypatch, {"SHEBAO_BROKER_SECURITY": "SASL_SSL", "SHEBAO_BROKER_LOGINS_DIR": str(folder)})


def test_each_service_of_a_process_logs_in_as_itself(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    settings = with_logins(monkeypatch, tmp_path)
    connections = [settings.logged_in_as(name).connection for name in ("notifications", "deliveries")]

    assert [("notifications", "the password of notifications"), ("deliveries", "the password of deliveries")] == [
        (connection.user, connection.password.get_secret_value() if connection.password else "")
        for connection in connections
    ]


def test_one_login_serves_for_every_service_of_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = loaded(monkeypatch, LOGIN)

    assert settings.connection == settings.logged_in_as("deliveries").connection


def test_an_account_whose_password_is_not_here_is_one_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    settings = with_logins(monkeypatch, tmp_path).logged_in_as("operators")

    with pytest.raises(WillNotStart, match="holds no password of operators, so this may not be done here"):
        _ = settings.connection


def test_a_program_that_does_not_say_who_it_is_does_not_start(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with pytest.raises(WillNotStart, match="does not say which account it is"):
        _ = with_logins(monkeypatch, tmp_path).connection


def test_settings_of_a_kind_are_loaded_as_that_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHEBAO_MONITORING_RECOUNT_HOURS", "-1")

    with pytest.raises(WrongSetting, match="SHEBAO_MONITORING_RECOUNT_HOURS"):
        read_settings(MonitoringSettings)


def test_tls_trusts_the_authority_named_and_no_other(tmp_path: Path) -> None:
    made = Certificate(tmp_path)
    context = BrokerConnection("broker:9093", "SSL", ca_file=made.file).client()["ssl_context"]

    assert ssl.CERT_REQUIRED == context.verify_mode
    assert context.check_hostname
    assert 1 == len(context.get_ca_certs())


@pytest.mark.parametrize("absent", ["ca_file", "certificate_file"])
def test_a_file_for_tls_that_is_not_there_is_one_sentence(tmp_path: Path, absent: str) -> None:
    made = Certificate(tmp_path)
    files = {"ca_file": made.file, "certificate_file": made.file, "key_file": made.key_file}

    with pytest.raises(WillNotStart, match="The files for TLS cannot be used"):
        BrokerConnection("broker:9093", "SSL", **files | {absent: tmp_path / "absent"}).client()  # type: ignore[arg-type]


def test_an_encrypted_key_is_refused_and_nobody_is_asked_for_its_password(tmp_path: Path) -> None:
    made = Certificate(tmp_path, password=b"hidden")

    with pytest.raises(WillNotStart, match="The files for TLS cannot be used"):
        BrokerConnection("broker:9093", "SSL", certificate_file=made.file, key_file=made.key_file).client()


@pytest.mark.asyncio
async def test_a_certificate_of_a_stranger_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "ours").mkdir()
    theirs, ours = Certificate(tmp_path), Certificate(tmp_path / "ours")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(theirs.file, theirs.key_file)
    server = await asyncio.start_server(lambda reader, writer: None, "localhost", 0, ssl=context)
    port = server.sockets[0].getsockname()[1]

    reason = await BrokerConnection(f"localhost:{port}", "SSL", ca_file=ours.file).why_refused()
    server.close()
    await server.wait_closed()

    assert f"The broker at localhost:{port} and we do not agree on TLS: CERTIFICATE_VERIFY_FAILED." == reason.english


@pytest.mark.asyncio
async def test_nobody_there_is_one_sentence() -> None:
    nowhere = f"127.0.0.1:{free_port()}"

    reason = await BrokerConnection(nowhere, password=SecretStr(SECRET)).why_refused()

    assert f"No broker answers at {nowhere}: start the mesh with `shebao up`." == reason.english


def test_every_codec_of_the_broker_can_be_read_here() -> None:
    refuse_missing_codecs()
