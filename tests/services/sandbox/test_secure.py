"""What a secure sandbox makes before its brokers start: certificates, passwords, and settings in which no secret stands."""

import stat
from importlib import import_module
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509.verification import PolicyBuilder, Store

from schemas.topics import SERVICES
from services.runtime.service import Service
from services.sandbox.broker_config import broker_properties, render_properties
from services.sandbox.errors import SandboxError
from services.sandbox.kafka import Kafka
from services.sandbox.logins import accounts, client_environment, connection_as, holders, make_secrets
from services.sandbox.mesh import WORKERS
from services.sandbox.settings import SandboxSettings, load_settings


@pytest.fixture
def secured(tmp_path: Path) -> SandboxSettings:
    settings = SandboxSettings(data_dir=tmp_path / "data", brokers=3, secure=True)
    make_secrets(settings)
    return settings


def passwords(settings: SandboxSettings) -> list[str]:
    found = [connection_as(settings, name).password for name in accounts()]
    return [password.get_secret_value() for password in found if password is not None]


@pytest.mark.parametrize("number", [1, 2, 3])
def test_every_broker_has_a_certificate_for_this_machine_signed_by_the_one_authority(
    secured: SandboxSettings, number: int
) -> None:
    pem = (secured.secrets_dir / f"broker-{number}.pem").read_bytes()
    certificate = x509.load_pem_x509_certificate(pem)
    store = Store([x509.load_pem_x509_certificate(secured.ca_file.read_bytes())])
    here = x509.IPAddress(IPv4Address("127.0.0.1"))

    PolicyBuilder().store(store).build_server_verifier(here).verify(certificate, [])

    assert f"CN=kafka-{number}" == certificate.subject.rfc4514_string()
    assert load_pem_private_key(pem, None).public_key() == certificate.public_key()


def test_the_key_that_signed_is_nowhere(secured: SandboxSettings) -> None:
    authority = x509.load_pem_x509_certificate(secured.ca_file.read_bytes())
    keys = [
        load_pem_private_key(file.read_bytes(), None).public_key()
        for file in secured.secrets_dir.glob("*.pem")
        if b"PRIVATE KEY" in file.read_bytes()
    ]

    assert 3 == len(keys)
    assert authority.public_key() not in keys


def test_only_this_user_can_read_what_is_secret(secured: SandboxSettings) -> None:
    everything = [secured.secrets_dir, *secured.secrets_dir.rglob("*")]

    assert [] == [path for path in everything if stat.S_IMODE(path.stat().st_mode) & 0o077]


def test_every_account_has_one_holder_and_a_password_of_its_own(secured: SandboxSettings) -> None:
    assert len(accounts()) == len(set(accounts())) == len(set(passwords(secured)))
    assert min(map(len, passwords(secured))) >= 32


def test_passwords_and_certificates_stay_when_the_sandbox_starts_again(secured: SandboxSettings) -> None:
    before = passwords(secured), secured.ca_file.read_bytes()
    make_secrets(secured)

    assert before == (passwords(secured), secured.ca_file.read_bytes())


@pytest.mark.parametrize("worker", WORKERS)
def test_a_worker_holds_the_passwords_of_its_own_services_and_no_others(worker: str) -> None:
    services: tuple[Service, ...] = getattr(import_module(f"services.{worker}.worker"), "SERVICES", ())

    assert (tuple(service.name for service in services) or (worker,)) == holders()[worker]


def test_every_service_has_a_worker_that_holds_its_password() -> None:
    assert set(SERVICES) <= {name for worker in WORKERS for name in holders()[worker]}


@pytest.mark.parametrize("number", [1, 2, 3])
def test_no_secret_stands_in_a_brokers_settings_or_a_workers_environment(secured: SandboxSettings, number: int) -> None:
    told = render_properties(broker_properties(secured, number, "/data/kafka"))
    told += repr([client_environment(secured, worker) for worker in WORKERS])

    assert [] == [password for password in passwords(secured) if password in told]


def test_a_secure_broker_listens_nowhere_in_clear(secured: SandboxSettings) -> None:
    properties = broker_properties(secured, 2, "/data/kafka")

    assert "PLAINTEXT" not in repr(properties)
    assert "SASL_SSL://127.0.0.1:19094,CONTROLLER://127.0.0.1:19095" == properties["listeners"]
    assert "required" == properties["listener.name.controller.ssl.client.auth"]
    assert "false" == properties["allow.everyone.if.no.acl.found"]
    expected = "User:admin;User:broker;User:CN=kafka-1;User:CN=kafka-2;User:CN=kafka-3"
    assert expected == properties["super.users"]


def test_an_open_login_beside_a_secure_listener_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHEBAO_SANDBOX_SECURE", "true")
    monkeypatch.setenv("SHEBAO_SANDBOX_LOGIN_PORT", "19192")
    monkeypatch.setenv("SHEBAO_SANDBOX_LOGIN_PASSWORD", "correct-horse")

    with pytest.raises(SandboxError, match="secure and login_port exclude each other") as caught:
        load_settings()
    assert "correct-horse" not in str(caught.value)


def test_data_made_for_a_secure_sandbox_is_one_also_for_whoever_does_not_say_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SHEBAO_SANDBOX_DATA_DIR", str(tmp_path))
    before = load_settings()
    before.cluster_file.parent.mkdir()
    before.cluster_file.write_text('{"brokers": 1, "secure": true}')

    assert (False, True) == (before.secure, load_settings().secure)


@pytest.mark.parametrize("made_secure", [False, True])
def test_data_is_never_served_otherwise_than_it_was_made(tmp_path: Path, made_secure: bool) -> None:
    made = SandboxSettings(data_dir=tmp_path, secure=made_secure)
    made.cluster_file.parent.mkdir()
    Kafka(made, [])._refuse_other_cluster()

    with pytest.raises(SandboxError, match="secure sandbox: reset the sandbox first"):
        Kafka(made.model_copy(update={"secure": not made_secure}), [])._refuse_other_cluster()


def test_without_security_nobody_needs_a_password(tmp_path: Path) -> None:
    settings = SandboxSettings(data_dir=tmp_path)

    assert connection_as(settings, "arrears") == settings.connection
    assert {"SHEBAO_BOOTSTRAP_SERVERS": "127.0.0.1:19092"} == client_environment(settings, "arrears")


def test_before_the_first_start_there_is_no_way_in_and_it_is_said(tmp_path: Path) -> None:
    with pytest.raises(SandboxError, match=r"There is no password of admin .* start the sandbox with --secure"):
        _ = SandboxSettings(data_dir=tmp_path, secure=True).connection
