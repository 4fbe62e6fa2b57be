"""What can go wrong in the sandbox, said in one sentence for the person at the keyboard, in Chinese and in English."""

from services.runtime.errors import ToldToPeople


class SandboxError(ToldToPeople):
    """The sandbox cannot do what was asked; the message is one sentence that says why and what to do."""


class ArtifactError(SandboxError):
    """A jar or archive could not be fetched or is not what the lock says."""


class PortInUseError(SandboxError):
    """A port the sandbox needs is held by a program that it did not start."""


class StartError(SandboxError):
    """A server ended, or did not answer, while it was being started."""
