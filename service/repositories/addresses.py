"""Names lead to public addresses only, and git connects to the very address that was checked."""

import socket
from collections.abc import Callable
from ipaddress import ip_address

from service.repositories.errors import RepositoryRefused, UnknownRepository

Resolve = Callable[[str], list[str]]


def resolve(host: str) -> list[str]:
    """All addresses of a host. Raises: UnknownRepository."""
    try:
        found = socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM)
    except OSError as error:
        raise UnknownRepository(
            f"{host} cannot be found ({error.strerror or error}): check the name and the network, "
            "or upload the repository"
        ) from error
    return sorted({str(address[0]) for *_, address in found})


def pinned(host: str, *, allow_private: bool, resolve: Resolve = resolve) -> tuple[str, ...]:
    """Settings for git that pin a host to its addresses.

    Raises: UnknownRepository; RepositoryRefused if any address is not public.
    """
    addresses = resolve(host)
    inner = [address for address in addresses if not ip_address(address).is_global]
    if inner and not allow_private:
        raise RepositoryRefused(
            f"{host} leads to {inner[0]}, which is not a public address "
            "(BUDWOOD_ALLOW_PRIVATE_ADDRESSES)"
        )
    listed = ",".join(f"[{a}]" if ":" in a else a for a in addresses)
    return (f"http.curloptResolve={host}:443:{listed}",)
