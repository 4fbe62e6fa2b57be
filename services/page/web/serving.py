"""How the page is served: by one process, on loopback, with bounds to what a browser may take of it."""

import gc

import uvicorn
from starlette.types import ASGIApp

from services.page.web.settings import WebSettings
from services.runtime.errors import PortTaken

GRACE_S = 3
CONNECTIONS_MAX = 500
IDLE_CONNECTION_S = 15
REQUEST_LINE_BYTES_MAX = 16 * 1024


def server_of(app: ASGIApp, settings: WebSettings) -> uvicorn.Server:
    """Give what serves the page; nothing is served yet."""
    return uvicorn.Server(
        uvicorn.Config(
            app,
            host="127.0.0.1",
            port=settings.page_port,
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            limit_concurrency=CONNECTIONS_MAX,
            timeout_keep_alive=IDLE_CONNECTION_S,
            timeout_graceful_shutdown=GRACE_S,
            h11_max_incomplete_event_size=REQUEST_LINE_BYTES_MAX,
            http="h11",
        )
    )


async def serve(server: uvicorn.Server, settings: WebSettings) -> None:
    """Serve until a signal; `PortTaken` where uvicorn finds it so, and exits."""
    # What stands by now stays until the end: two hundred thousand objects that the collector need not look through again, with
    # everybody's page waiting for it.
    gc.collect()
    gc.freeze()
    try:
        await server.serve()
    except SystemExit as error:
        raise PortTaken(
            f"页面无法在 127.0.0.1:{settings.page_port} 监听，请结束占用该端口的程序，或改设 SHEBAO_PAGE_PORT。",
            f"The page cannot listen at 127.0.0.1:{settings.page_port}: end the program that does, or choose another SHEBAO_PAGE_PORT.",
        ) from error
