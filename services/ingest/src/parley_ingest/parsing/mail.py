"""E-mail: subject, sender, date and the body; what is attached is named, not read."""

from __future__ import annotations

from email import policy
from email.errors import HeaderParseError
from email.message import EmailMessage
from email.parser import BytesParser
from typing import BinaryIO

from parley_ingest.parsing.decoding import decoded
from parley_ingest.parsing.draft import Draft
from parley_ingest.parsing.failures import unreadable
from parley_ingest.parsing.normal import one_line
from parley_ingest.parsing.page import write_page
from parley_ingest.parsing.trees import parsed_page

HEADERS = ("From", "To", "Cc", "Date")
NAMED = 20
PARTS = 10_000


def read(file: BinaryIO, draft: Draft) -> None:
    message = BytesParser(policy=policy.default).parse(file)
    bodies, attached = _parts(message, draft)
    draft.title = _header(message, "Subject")
    draft.heading(draft.title, 1)
    for name in HEADERS:
        if value := _header(message, name):
            draft.line(f"{name}: {value}")
    for body in bodies:
        _write(body, draft)
    if attached:
        more = f" and {len(attached) - NAMED} more" if len(attached) > NAMED else ""
        draft.notes.append(f"Attachments that were not read: {', '.join(attached[:NAMED])}{more}.")


def _parts(message: EmailMessage, draft: Draft) -> tuple[list[EmailMessage], list[str]]:
    """The bodies, plain text rather than HTML, and the names of what is attached; walks without recursion."""
    bodies: list[EmailMessage] = []
    attached: list[str] = []
    waiting = [(message, 0)]
    for _ in range(PARTS):
        if not waiting:
            return bodies, attached
        part, depth = waiting.pop()
        if depth > draft.limits.nesting:
            raise unreadable("too_large", f"The e-mail is nested more than {draft.limits.nesting} levels deep.")
        if part.is_attachment() or (part.get_content_maintype() not in ("text", "multipart")):
            attached.append(one_line(part.get_filename() or part.get_content_type()))
            if len(attached) > draft.limits.attachments:
                raise unreadable("too_large", f"The e-mail has more than {draft.limits.attachments} attachments.")
        elif part.is_multipart():
            waiting += [(each, depth + 1) for each in reversed(_chosen(part))]
        else:
            bodies.append(part)
    raise unreadable("too_large", f"The e-mail has more than {PARTS} parts.")


def _chosen(part: EmailMessage) -> list[EmailMessage]:
    """Of alternatives the plain text, else the last one that is no attachment: the richest."""
    inner = [each for each in part.iter_parts() if isinstance(each, EmailMessage)]
    if part.get_content_subtype() != "alternative" or not inner:
        return inner
    return [next((each for each in inner if each.get_content_type() == "text/plain"), inner[-1])]


def _write(body: EmailMessage, draft: Draft) -> None:
    content = body.get_payload(decode=True)
    text = _text(content if isinstance(content, bytes) else b"", body.get_content_charset(), draft)
    if body.get_content_subtype() == "html":
        root = parsed_page(text, draft.limits)
        if root is not None:
            write_page(root, draft)
    else:
        draft.block(text)


def _text(content: bytes, charset: str | None, draft: Draft) -> str:
    try:
        return content.decode(charset or "utf-8")
    except (LookupError, UnicodeDecodeError):
        return decoded(content, draft)


def _header(message: EmailMessage, name: str) -> str:
    """Its value, decoded; a header too broken for the parser is left out."""
    try:
        return one_line(str(message[name] or ""))
    except (HeaderParseError, AttributeError, IndexError, KeyError, TypeError, ValueError):
        return ""
