"""The only address the sandbox listens on: it has no passwords, so nobody else may reach it."""

LOOPBACK = "127.0.0.1"
