"""Serve both languages on this machine and reload the page after every edit."""

from __future__ import annotations

import argparse
import errno
import os
import socket
import sys
from collections.abc import Sequence

from scripts.assets import AssetError, ensure_web_assets
from scripts.commands.generator import ENGINES, generate


class ServeError(Exception):
    """One sentence that tells why the address cannot be served."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Check the address, fetch what is missing, serve until Ctrl-C, return the exit code."""
    parser = argparse.ArgumentParser(prog="scripts/serve", description=__doc__)
    parser.add_argument("--port", type=port_number, default=8000, help="default: 8000")
    parser.add_argument("--host", default="127.0.0.1", help="default: 127.0.0.1, this machine only")
    parser.add_argument("--engine", choices=ENGINES, default=ENGINES[0])
    options = parser.parse_args(arguments)
    try:
        check_address(options.host, options.port)
        ensure_web_assets()
    except (ServeError, AssetError) as error:
        print(f"scripts/serve: {error}", file=sys.stderr)
        return 1
    print("Ctrl-C stops.", flush=True)
    host = f"[{options.host}]" if ":" in options.host else options.host
    code = generate(options.engine, "serve", "--dev-addr", f"{host}:{options.port}")
    if code == 130:
        print("\nStopped.")
        return 0
    return code


def port_number(text: str) -> int:
    """Return the port that `text` names.

    Raises ArgumentTypeError unless it is one of 1 .. 65535.
    """
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 65535):
        raise argparse.ArgumentTypeError(f"{text!r} is no port: it must lie in 1 .. 65535")
    return int(text)


def check_address(host: str, port: int) -> None:
    """Raise ServeError, in one sentence that names the option, if the address is not free."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            if os.name != "nt":  # there it would let two programs share the port
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except socket.gaierror:
        raise ServeError(f"the host {host!r} is unknown: choose another with --host") from None
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            reason = f"port {port} of {host} is in use: choose another with --port"
        elif error.errno == errno.EADDRNOTAVAIL:
            reason = f"{host} is not an address of this machine: choose another with --host"
        elif error.errno in (errno.EACCES, errno.EPERM):
            reason = f"port {port} is not allowed here: choose one above 1023 with --port"
        else:
            reason = f"{host}:{port} cannot be served ({error.strerror})"
        raise ServeError(reason) from None


if __name__ == "__main__":
    sys.exit(main())
