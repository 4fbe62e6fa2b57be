"""Traces of the machine or the place a file was written on, and of work left undone."""

import ipaddress
import re

PUBLIC_HOSTS = frozenset(
    {
        "127.0.0.1",
        "localhost",
        "registry",  # names inside a network of containers
        "www.apache.org",
        "pypi.org",
        "files.pythonhosted.org",
        "repo1.maven.org",
        "github.com",
        "raw.githubusercontent.com",
        "www.asyncapi.com",
        "asyncapi.com",
        "json-schema.org",
        "www.w3.org",
        "cloudevents.io",
        "keepachangelog.com",
        "semver.org",
        "docs.astral.sh",
        "www.gov.cn",
        "flk.npc.gov.cn",
    }
)
"""Hosts that a stranger can reach as well, or that every machine has; also whatever ends in `.example`."""

_URL = re.compile(r"https?://([A-Za-z0-9.-]++)(?!\\)")  # a host followed by a backslash is a pattern
_ADDRESS = re.compile(r"(?<![\w.-])(\d{1,3}(?:\.\d{1,3}){3})(?![\w.-])")
_MACHINE_PATH = re.compile(r"(?<![\w./~\-}])/(?:root|home|Users|work|mnt|opt|srv|workspace|builds)(?:/|\b(?=[\s\"'`]))")
_UNDONE = re.compile(r"\b(?:TO" + "DO|FIX" + "ME|X" + r"XX|HACK)\b")
"""Put together, so that this line is none of them."""
_DOCUMENTATION = [ipaddress.ip_network(net) for net in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")]


def traces(text: str) -> list[str]:
    """Say, with its line, whatever in a text only makes sense where it was written."""
    faults = []
    for number, line in enumerate(text.splitlines(), start=1):
        found = [f"host {host}" for host in _URL.findall(line) if not _is_public(host)]
        found += [f"address {address}" for address in _ADDRESS.findall(line) if not _is_harmless(address)]
        found += [f"machine path {path}" for path in _MACHINE_PATH.findall(line)]
        faults += [f"{number}: {what}" for what in found]
    return faults


def undone(text: str) -> list[str]:
    """Say, with its line, where a text puts off work."""
    return [f"{number}: {word}" for number, line in enumerate(text.splitlines(), 1) for word in _UNDONE.findall(line)]


def _is_public(host: str) -> bool:
    return host.rstrip(".") in PUBLIC_HOSTS or host.endswith(".example") or host == "example.com"


def _is_harmless(address: str) -> bool:
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return True  # four numbers, but no address: a version
    is_shown = any(found in net for net in _DOCUMENTATION)
    return found.is_loopback or found.is_unspecified or is_shown
