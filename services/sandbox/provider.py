"""Somebody to sign in with at the page: a small OpenID provider on loopback, with made-up people. No passwords, so for one machine only."""

import hashlib
import json
import sys
from collections.abc import Mapping
from typing import Any

from services.sandbox.bringing_up import bring_up
from services.sandbox.loopback import LOOPBACK
from services.sandbox.probes import answers_ok
from services.sandbox.processes import Daemon
from services.sandbox.progress import ProgressCallback, silent
from services.sandbox.settings import SandboxSettings
from services.sandbox.simulators import python_path

NAME = "sign-in"
DISCOVERY = "/.well-known/openid-configuration"
ALL = ["all"]


def _person(number: str, name: str, role: str, districts: list[str]) -> Mapping[str, Any]:
    return {
        "sub": number,
        "preferred_username": number,
        "name": name,
        "shebao_roles": [role],
        "shebao_districts": districts,
    }


PEOPLE = (
    _person("YW-001", "运维甲（假定）", "operator", ALL),
    _person("YW-002", "运维乙（假定）", "operator", ALL),
    _person("WD-101", "文登经办（假定）", "officer", ["371003"]),
    _person("HC-101", "环翠经办（假定）", "officer", ["371002"]),
    _person("SJ-001", "审计（假定）", "auditor", ALL),
)
"""Made up: two operators, since an order takes two, two officers of the made-up offices, an auditor."""


class Provider:
    """The provider in a process of its own."""

    def __init__(self, settings: SandboxSettings) -> None:
        self._settings, self._port = settings, settings.sign_in_port
        arguments = ["--host", LOOPBACK, "--port", str(self._port), "--require-nonce", "true"]
        arguments += [
            part for one in PEOPLE for part in ("--user-claims", json.dumps(one, ensure_ascii=True, sort_keys=True))
        ]
        self.daemon = Daemon(
            NAME,
            # Its own libraries warn of each other; nobody here can mend that.
            [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", *arguments],
            settings.run_dir,
            settings.log_dir,
            fingerprint=hashlib.sha256(" ".join(arguments).encode()).hexdigest(),
            environment={"PYTHONPATH": python_path()},
        )

    async def start(self, progress: ProgressCallback = silent) -> None:
        """Start it unless it runs, and wait until it answers."""
        await bring_up(
            self.daemon,
            {"sign_in_port": self._port},
            lambda: answers_ok(LOOPBACK, self._port, DISCOVERY),
            self._settings.start_timeout_s,
            progress,
        )
