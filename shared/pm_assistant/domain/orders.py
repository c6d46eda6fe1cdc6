"""What is kept of an order that a person gave in the chat; what is to be done for it is a decision's action."""

from pm_assistant.domain.model import Model
from pm_assistant.domain.work import MessageId


class GivenOrder(Model):
    """Why something is done without asking: a person told us to.

    Attributes:
        message_id: in which it was said; of one that was given by a form `form:<id of the form>`.
        takes_back: ids of the thread's decisions of which nothing is to stay: what was done is undone, and what is
            asked dismissed.
        dismisses: ids of those that are not to be asked any more.
        assigns: it says who is to have the new ticket: that is the one whom its action suggests.
        refusal: why it cannot be done, in words for people; None if it can.
    """

    message_id: MessageId
    takes_back: tuple[str, ...] = ()
    dismisses: tuple[str, ...] = ()
    assigns: bool = False
    refusal: str | None = None
