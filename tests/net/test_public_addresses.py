"""Which addresses are out there for everybody."""

from __future__ import annotations

import pytest

from newsletter.net.guard import is_public


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "192.168.1.1", "172.16.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
        "255.255.255.255", "240.0.0.1", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1", "fec0::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b:1::1", "2002:7f00:1::",
        "2002:a00:1::1", "::127.0.0.1", "2001::1", "2001:db8::1", "ff0e::1", "192.0.0.8", "192.88.99.1", "3fff::1",
        "5f00::1", "2001:20::1", "2a00:1450::5efe:7f00:1", "2a00:1450::200:5efe:a00:1", "nonsense", "",
    ],
)  # fmt: skip
def test_private_wrapped_and_multicast_addresses_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["93.184.216.34", "8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1"]
)
def test_public_addresses_are(address: str) -> None:
    assert is_public(address)
