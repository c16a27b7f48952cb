"""The people of a desk: who comes, as what, and who goes: for the desk's page, the API and the command line."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from newsletter.clock import Clock
from newsletter.errors import NewsletterError
from newsletter.model.alert import Alert, AlertId
from newsletter.model.publication import Publication
from newsletter.model.secret import hashed, new_secret
from newsletter.model.user import Role, User, UserId
from newsletter.settings import Settings
from newsletter.store import Store, invitations, sessions, users
from newsletter.workflows.rendering import address_key
from newsletter.workflows.ways_out import NOBODY, tell_by

LASTS = timedelta(days=7)
LONGEST = 90
"""Days that a link may last."""


@dataclass(frozen=True)
class People:
    """What can be done with the people of a workspace. Raises NotFound for somebody who is not there."""

    store: Store
    settings: Settings
    clock: Clock

    def invite(
        self,
        role: Role,
        *,
        by: str,
        inviter: UserId | None = None,
        days: int = LASTS.days,
        email: str | None = None,
    ) -> str:
        """The token of a link by which somebody new comes in, once, as this role.

        `inviter` is whose right stands behind it: it is dead once they are no administrator. None: the machine's.
        """
        token = new_secret()
        with self.store.writing() as tx:
            now = self.clock.now()
            expires = now + _span(days)
            invitations.add(tx, hashed(token), role=role, by=by, inviter=inviter, email=email, now=now, expires=expires)
        return token

    def mail(self, email: str, link: str, publication: Publication) -> str | None:
        """Send a link to an address by the configured server; why that failed, or none."""
        key = address_key(email)
        told = Alert(
            id=AlertId(0),
            kind="invitation",
            publication=publication.id,
            issue=None,
            subject=f"Your way to the desk of {publication.name}",
            text=f"Open this link to choose your password. It works once, and for a while.\n\n{link}",
            raised_at=self.clock.now(),
        )
        to = replace(self.settings, alerts=replace(self.settings.alerts, mail_to=(key,)))
        return tell_by("mail", to, self.clock, told, publication.sender or NOBODY)

    def reset(
        self, name: str, *, by: str, inviter: UserId | None = None, days: int = 1, second_factor: bool = False
    ) -> str:
        """The token of a link by which somebody chooses a new password, once. `second_factor`: it falls, too.

        `inviter` as with `invite`.
        """
        token = new_secret()
        with self.store.writing() as tx:
            user, now = users.named(tx, name), self.clock.now()
            expires = now + _span(days)
            invitations.add(
                tx, hashed(token), role=user.role, by=by, inviter=inviter, user=user.id, now=now, expires=expires
            )
            if second_factor:
                users.set_secret(tx, user.id, None, [])
        return token

    def change_role(self, name: str, role: Role) -> User:
        """Another role; they sign in again: no open page keeps the rights of before. Links that they made may die."""
        with self.store.writing() as tx:
            user = users.named(tx, name)
            if user.role is role:
                return user
            changed = users.change_role(tx, user.id, role)
            if role is not Role.ADMIN:
                invitations.forget_made_by(tx, user)
            sessions.close_all(tx, user.id)
        return changed

    def remove(self, name: str) -> User:
        """Take somebody off the desk, with sessions, tokens, and links for and by them; their deeds stay in the log."""
        with self.store.writing() as tx:
            user = users.named(tx, name)
            invitations.forget(tx, user.id)
            invitations.forget_made_by(tx, user)
            return users.remove(tx, user.id)

    def address(self, token: str, base_url: str = "") -> str:
        """The address of a link."""
        base = (base_url or self.settings.base_url or "http://127.0.0.1:8000").rstrip("/")
        return f"{base}/setup/{token}"


def read_role(text: str) -> Role:
    """A role by its name. Raises NewsletterError with the names there are."""
    try:
        return Role(text.strip().lower())
    except ValueError as cause:
        raise NewsletterError(f"There is no role “{text}”; there are: {', '.join(Role)}.", where="role") from cause


def _span(days: int) -> timedelta:
    if not 1 <= days <= LONGEST:
        raise NewsletterError(f"A link lasts 1 to {LONGEST} days.", code="days", where="days")
    return timedelta(days=days)
