"""Whether a run had better stop: too much goes wrong, and it is rather about us than about the readers."""

from __future__ import annotations

from newsletter.model.delivery import DeliveryState
from newsletter.send.errorrate import ErrorRate
from newsletter.send.outcomes import Verdict
from newsletter.send.stopped import SendStopped

MANY_IN_A_ROW = 50
"""Refusals of the message itself, or lost connections, after which the run stops: it is about us."""

IN_VAIN = 10
"""Messages for each server that failed or are uncertain by its doing, with none taken between them: an outage. A
reader's own refusal says nothing of it, neither way."""

FEW = 2
"""Messages of a whole run of which none was taken, by the server's doing: a list of three whose server is ill is not
*sent* either."""


class Watch:
    """Looks at every outcome of a run. Not for several threads at once."""

    def __init__(self, pause_above: float, servers: int = 1) -> None:
        self._errors = ErrorRate(pause_above)
        self._suspicious = self._in_vain = 0
        self._patience = IN_VAIN * servers
        self._answer = ""
        self.sent = 0

    def see(self, verdict: Verdict, answer: str) -> SendStopped | None:
        """Take one outcome in; why the run stops now, if it does."""
        self.sent += verdict.state is DeliveryState.SENT
        self._suspicious = self._suspicious + 1 if verdict.suspicious else 0
        went_wrong = verdict.state in (DeliveryState.FAILED, DeliveryState.UNCERTAIN)
        if verdict.state is DeliveryState.SENT:
            self._in_vain = 0
        elif went_wrong and verdict.suspicious:
            self._in_vain += 1
        too_many = self._errors.add(went_wrong)
        if self._suspicious >= MANY_IN_A_ROW:
            return SendStopped(
                f"{MANY_IN_A_ROW} messages in a row were not taken, the last one with: {answer}. Look at the mail "
                "server, then let it go on: nobody gets a second copy.",
                where="smtp",
            )
        self._answer = answer
        if self._in_vain >= self._patience:
            return self._outage()
        if too_many:
            return SendStopped(
                f"{self._errors.share:.0%} of the last messages failed or are uncertain, the last answer was: "
                f"{answer}. Look at the deliveries, then let it go on: nobody gets a second copy.",
                code="error-rate",
                where="smtp",
            )
        return None

    def at_the_end(self) -> SendStopped | None:
        """Nobody is left to try: whether a list too short for the other limits met an outage."""
        return self._outage() if self.sent == 0 and self._in_vain >= FEW else None

    def _outage(self) -> SendStopped:
        return SendStopped(
            f"{self._in_vain} messages in a row failed or are uncertain and none was taken, the last answer was: "
            f"{self._answer}. Look at the mail server and the deliveries, then let it go on: nobody gets a second "
            "copy.",
            code="error-rate",
            where="smtp",
        )


def refused(answer: str) -> SendStopped:
    """The server refuses us, not the reader."""
    return SendStopped(
        f"The mail server refuses us, not the reader: {answer}. Check the sender, the login and what the server "
        "allows, then let it go on: nobody gets a second copy.",
        code="refused-by-server",
        where="smtp",
    )
