"""The `server.properties` of a sandbox broker, and why each value is what it is."""

from services.sandbox import secure_broker
from services.sandbox.loopback import LOOPBACK
from services.sandbox.settings import SandboxSettings

MIB = 1 << 20
RECORD_BATCH_BYTES_MAX = 4 * MIB
"""The broker refuses larger batches; dead-letter topics raise it to 8 MiB for themselves."""
DEAD_LETTER_BYTES_MAX = 8 * MIB
INTERNAL_PARTITIONS = 8
LOGIN_LISTENER, LOGIN_MECHANISM = "SASL_PLAINTEXT", "SCRAM-SHA-512"
"""Name and protocol of the listener that asks for a login, and how the password is shown."""
OFFSETS_RETENTION_MINUTES = 10 * 366 * 24 * 60
_HOUR_MS = 60 * 60 * 1000


def broker_properties(settings: SandboxSettings, broker_id: int, log_dir: str) -> dict[str, str]:
    """Configuration of one broker, which is a controller too (KRaft combined mode)."""
    return {
        **_place(settings, broker_id, log_dir),
        **_safety(settings.brokers),
        **_limits(),
        **_pace(),
        **_liveness(settings.brokers),
    }


def render_properties(properties: dict[str, str]) -> str:
    """The text of a Java properties file."""
    return "".join(f"{key}={value}\n" for key, value in properties.items())


def _place(settings: SandboxSettings, broker_id: int, log_dir: str) -> dict[str, str]:
    broker_ids = range(1, settings.brokers + 1)
    name = secure_broker.LISTENER if settings.secure else "PLAINTEXT"
    clients = f"{name}://{LOOPBACK}:{settings.broker_port(broker_id)}"
    if settings.login_port:
        clients += f",{LOGIN_LISTENER}://{LOOPBACK}:{settings.broker_login_port(broker_id)}"
    return {
        "process.roles": "broker,controller",
        "node.id": str(broker_id),
        "controller.quorum.voters": ",".join(f"{n}@{LOOPBACK}:{settings.controller_port(n)}" for n in broker_ids),
        "listeners": f"{clients},CONTROLLER://{LOOPBACK}:{settings.controller_port(broker_id)}",
        "advertised.listeners": clients,
        "controller.listener.names": "CONTROLLER",
        "inter.broker.listener.name": name,
        "log.dirs": log_dir,
        **(_login() if settings.login_port else {}),
        **(secure_broker.properties(settings, broker_id) if settings.secure else {}),
    }


def _login() -> dict[str, str]:
    """Passwords are kept, salted and hashed, in the cluster itself: formatting writes the first one."""
    return {
        # To be said in full as soon as one listener is not in clear.
        "listener.security.protocol.map": (
            f"PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,{LOGIN_LISTENER}:{LOGIN_LISTENER}"
        ),
        "sasl.enabled.mechanisms": LOGIN_MECHANISM,
        f"listener.name.{LOGIN_LISTENER.lower()}.{LOGIN_MECHANISM.lower()}.sasl.jaas.config": (
            "org.apache.kafka.common.security.scram.ScramLoginModule required;"
        ),
    }


def _safety(brokers: int) -> dict[str, str]:
    replicas, in_sync = (brokers, brokers - 1) if brokers > 1 else (1, 1)
    return {
        # A misspelt topic is an error, not a new topic.
        "auto.create.topics.enable": "false",
        "unclean.leader.election.enable": "false",
        "default.replication.factor": str(replicas),
        "min.insync.replicas": str(in_sync),
        "offsets.topic.replication.factor": str(replicas),
        "transaction.state.log.replication.factor": str(replicas),
        "transaction.state.log.min.isr": str(in_sync),
        "share.coordinator.state.topic.replication.factor": str(replicas),
        "share.coordinator.state.topic.min.isr": str(in_sync),
        # A service that rests for a year finds its place again; expiry would be a silent jump.
        "offsets.retention.minutes": str(OFFSETS_RETENTION_MINUTES),
        # Retention is said topic by topic; what nobody said anything about is kept.
        "log.retention.ms": "-1",
        "log.retention.bytes": "-1",
    }


def _limits() -> dict[str, str]:
    return {
        "message.max.bytes": str(RECORD_BATCH_BYTES_MAX),
        # A follower must be able to fetch the largest batch that any topic allows.
        "replica.fetch.max.bytes": str(DEAD_LETTER_BYTES_MAX + MIB),
        "replica.fetch.response.max.bytes": str(2 * (DEAD_LETTER_BYTES_MAX + MIB)),
        "socket.request.max.bytes": str(64 * MIB),
        "offsets.topic.num.partitions": str(INTERNAL_PARTITIONS),
        "transaction.state.log.num.partitions": str(INTERNAL_PARTITIONS),
        # Many small partitions: without this each index file is 10 MB of address space.
        "log.index.size.max.bytes": str(2 * MIB),
        # The default is a quarter of the whole heap given to the broker here.
        "log.cleaner.dedupe.buffer.size": str(32 * MIB),
        "num.network.threads": "2",
        "num.io.threads": "4",
    }


def _pace() -> dict[str, str]:
    return {
        "group.initial.rebalance.delay.ms": "0",
        # Tests freeze workers for longer than their session; they ask for short sessions.
        "group.min.session.timeout.ms": "1000",
        # What a killed worker left open is aborted within a second of its own timeout: readers of committed
        # records wait for it. The timeout itself is the producer's; a quarter of an hour is the most it may
        # ask for.
        "transaction.abort.timed.out.transaction.cleanup.interval.ms": "1000",
        "transaction.max.timeout.ms": str(_HOUR_MS // 4),
        "leader.imbalance.check.interval.seconds": "30",
        "log.cleaner.backoff.ms": "5000",
    }


def _liveness(brokers: int) -> dict[str, str]:
    """After how long (ms) a silent broker is taken for dead.

    A killed broker that comes back waits this long for its former self to be forgotten. Alone, nobody can take over from it,
    so it need not be patient; of three on a busy machine one must not be given up for a pause.
    """
    session_ms, heartbeat_ms = (2_000, 200) if brokers == 1 else (6_000, 500)
    return {"broker.session.timeout.ms": str(session_ms), "broker.heartbeat.interval.ms": str(heartbeat_ms)}
