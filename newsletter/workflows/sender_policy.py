"""What receivers find in the DNS about the sender: SPF (RFC 7208), DKIM (RFC 6376), DMARC (RFC 7489)."""

from __future__ import annotations

import re
from collections.abc import Callable

from newsletter.workflows.machine import Check

Ask = Callable[[str], tuple[str, ...] | None]
"""The TXT records of a name, or none where DNS does not answer."""

USUAL_SELECTORS = (
    "default", "mail", "dkim", "google", "selector1", "selector2", "k1", "s1", "s2", "mx", "smtp", "brevo1", "brevo2",
    "mailjet", "pm", "mta",
)  # fmt: skip
"""Selectors that servers and services give their keys; a domain cannot be asked which ones it has."""
_SILENT = "not checked: DNS does not answer here."


def sender_policy(domain: str, ask: Ask, *, selector: str | None = None) -> list[Check]:
    """Three checks of a domain; where DNS does not answer they say so, and are no failure."""
    return [spf(domain, ask), dkim(domain, ask, selector), dmarc(domain, ask)]


def spf(domain: str, ask: Ask) -> Check:
    """Exactly one record that says who may send, and not everybody."""
    found = ask(domain)
    if found is None:
        return Check("spf", True, f"{domain}: {_SILENT}")
    records = [one for one in found if one.lower() == "v=spf1" or one.lower().startswith("v=spf1 ")]
    if not records:
        return Check("spf", False, f"{domain} has no SPF record; publish one as your mail provider says.")
    if len(records) > 1:
        return Check("spf", False, f"{domain} has {len(records)} SPF records, and receivers then heed none; keep one.")
    if re.search(r"(^|\s)\+?all\b", records[0].lower()):
        return Check("spf", False, f"The SPF record of {domain} lets everybody send; end it with ~all or -all.")
    return Check("spf", True, f"{domain}: {records[0]}")


def dkim(domain: str, ask: Ask, selector: str | None) -> Check:
    """A public key under the selector that was named, else under one of the usual ones."""
    for one in (selector,) if selector else USUAL_SELECTORS:
        found = ask(f"{one}._domainkey.{domain}")
        if found is None:
            return Check("dkim", True, f"{domain}: {_SILENT}")
        for record in found:
            key = re.search(r"(?:^|;)\s*p=([^;]*)", record)
            if key and key[1].strip():
                return Check("dkim", True, f"{domain} has a key under {one}._domainkey.")
            if key and selector:
                return Check("dkim", False, f"The key under {one}._domainkey.{domain} was withdrawn (p= is empty).")
    if selector:
        return Check("dkim", False, f"There is no key under {selector}._domainkey.{domain}.")
    return Check(
        "dkim",
        True,
        f"not checked: {domain} has no key under a usual name; say where it is: newsletter doctor --dkim-selector NAME",
    )


def dmarc(domain: str, ask: Ask) -> Check:
    """A policy of the domain, or of the one it belongs to (RFC 7489 §6.6.3, without the list of public suffixes)."""
    labels = domain.split(".")
    for start in range(max(len(labels) - 1, 1)):
        name = ".".join(labels[start:])
        found = ask(f"_dmarc.{name}")
        if found is None:
            return Check("dmarc", True, f"{domain}: {_SILENT}")
        records = [one for one in found if re.match(r"v=DMARC1\s*(;|$)", one)]
        if len(records) > 1:
            return Check("dmarc", False, f"{name} has {len(records)} DMARC records, and receivers then heed none.")
        if records:
            policy = re.search(r";\s*p=(\w+)", records[0])
            if policy is None:
                return Check(
                    "dmarc", False, f"The DMARC record of {name} names no policy; add p=none, quarantine or reject."
                )
            return Check("dmarc", True, f"{name}: {records[0]}")
    return Check(
        "dmarc", False, f"{domain} has no DMARC record; publish one as _dmarc.{domain}, at least v=DMARC1; p=none"
    )
