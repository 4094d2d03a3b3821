"""The gate before a screening: who it is, and whether a red flag stops it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from movescreen.app.records import Records
from movescreen.catalog.client_loader import load_client_catalog
from movescreen.client.rules.danger_words import describe_words
from movescreen.client.rules.profiles import find_impact_ban
from movescreen.client.rules.red_flags import (
    Decision,
    RedFlagReview,
    describe_flags,
    ensure_no_red_flag,
    review_red_flags,
)
from movescreen.client.team.roster import plain
from movescreen.errors import InputError, UnknownNameError, find_close
from movescreen.model import Demographics
from movescreen.words.numbers_and_units import plural

if TYPE_CHECKING:
    from movescreen.records import Client, RecordStore

#: From this likeness on, two texts are taken for one code with a slip, and two names of several words for one name.
_ALIKE = 0.7
_SLIP = 0.88


@dataclass(frozen=True, kw_only=True)
class Subject:
    """Who is screened.

    Attributes
    ----------
    name
        As reports print it: a client's code, or what was typed; may be empty.
    code
        The client's code; empty for somebody who is not in the records.
    label
        How pages name the person: code and name, or what was typed.
    demographics
        Age on the day and sex, for comparing with norms.
    pictures, films
        Whether pictures of the person may be kept, and small films of the clips.
    remarks
        What whoever screens should know: red flags that do not stop, questions that are still open, pictures that are not kept.
    impact_ban
        That the person does not run or jump now, and why; empty when nothing bans it.
    """

    name: str = ""
    code: str = ""
    label: str = ""
    demographics: Demographics = field(default_factory=Demographics)
    pictures: bool = True
    films: bool = True
    remarks: tuple[str, ...] = ()
    impact_ban: str = ""


def identify(records: Records, name: str) -> str:
    """Return the code of the client that a name stands for; empty for somebody else. Makes no records.

    Raises
    ------
    UnknownNameError
        When it looks like a client's code with a slip: taken for a name, it would pass by the client's red flags.
    InputError
        When it can be the name of a client: whole, the first or the last name alone, or with a slip. Both errors name the
        clients that may be meant in ``candidates``.
    """
    if not name or not records.exist or records.store.knows(name):
        return name if records.knows(name) else ""
    from movescreen.records.bin import in_the_bin

    if in_the_bin(records.store, name):
        raise InputError(
            f"{name} lies in the bin: taken for a name, it would pass by the client's red flags",
            "bring the client back first, or delete it for good",
        )
    clients = records.list_clients()
    codes = [client.code for client in clients]
    slips = find_close(name, codes, least=_ALIKE)
    if slips:
        raise _asking(UnknownNameError("client", name, codes), [c for c in clients if c.code in slips])
    namesakes = [client for client in clients if _same_name(name, client.name)]
    if namesakes:
        listed = [client.code for client in namesakes]
        raise _asking(
            InputError(
                f"{name!r} is also the name of {' and '.join(listed)}",
                f"did you mean {' or '.join(client.label for client in namesakes)}? Give the client's code; for somebody else, give a name that tells them apart",
            ),
            namesakes,
        )
    return ""


def _asking(error: InputError, clients: Sequence[Client]) -> InputError:
    """Return an error with the clients that may have been meant, for pages that ask."""
    error.candidates = tuple((client.code, client.label) for client in clients)
    return error


def _same_name(typed: str, known: str) -> bool:
    """Return whether two names can be one: all words of the shorter one are in the longer one, or they are alike but for a slip."""
    one, other = plain(typed), plain(known)
    some, others = set(one.split()), set(other.split())
    if not some or not others:
        return False
    return some <= others or others <= some or (len(some) > 1 and bool(find_close(one, [other], least=_SLIP)))


def admit(records: Records, name: str, day: date, told: Demographics, pictures: bool) -> Subject:
    """Return who is screened, once nothing stops it.

    Parameters
    ----------
    name
        A client's code, another name, or nothing.
    told
        Age and sex as typed; of a client they are in the records.

    Raises
    ------
    NeedsReferral
        When a red flag stops the screening, on that day or today.
    UnknownNameError, InputError
        When the name may be meant for a client, or age and sex are not those of the records.
    """
    code = identify(records, name)
    if code:
        ensure_no_red_flag(_review(records, code, day), records.clear_where)
        _refuse_contradiction(code, _demographics(records, code, day), told)
    return _admit(records, code, name, day, told, pictures)


def readmit(records: Records, name: str, day: date, told: Demographics) -> Subject:
    """Return whose earlier screening is made again; as :func:`admit`, but of red flags only those of today count."""
    return _admit(records, identify(records, name), name, day, told, pictures=True)


def _admit(records: Records, code: str, name: str, day: date, told: Demographics, pictures: bool) -> Subject:
    if not code and not records.may_see(name):
        raise UnknownNameError("client", name or "nobody", [c.code for c in records.list_clients()] or ["none yet"])
    if not code:
        return Subject(name=name, label=name, demographics=told, pictures=pictures, films=pictures)
    ensure_no_red_flag(_review(records, code, date.today()), records.clear_where)
    known = _demographics(records, code, day)
    raised = describe_flags(_review(records, code, day).raised)
    agreed = agreed_to_pictures(records.store, code)
    no_pictures = [f"{code} has not agreed to pictures: none are kept."] if pictures and not agreed else []
    return Subject(
        name=code,
        code=code,
        label=records.store.client(code).label,
        demographics=Demographics(told.age if known.age is None else known.age, known.sex or told.sex),
        pictures=pictures and agreed,
        films=pictures and agreed_to_films(records.store, code),
        remarks=(
            *(f"mind: {line}" for line in raised),
            *_unread_words(records, code),
            *_open_questions(records, code, day),
            *no_pictures,
        ),
        impact_ban=describe_impact_ban(records, code),
    )


def _review(records: Records, code: str, day: date) -> RedFlagReview:
    return review_red_flags(records.store.person(code, day), load_client_catalog(records.catalog))


def agreed_to_pictures(store: RecordStore, code: str) -> bool:
    """Return whether pictures of a client may be kept: only with a yes in the latest intake."""
    intake = store.latest_intake(code)
    return intake is not None and intake.consent is not None and intake.consent.pictures


def agreed_to_films(store: RecordStore, code: str) -> bool:
    """Return whether films of a client may be kept: whoever was asked about pictures only has not agreed to them."""
    intake = store.latest_intake(code)
    return (
        agreed_to_pictures(store, code) and intake is not None and intake.consent is not None and intake.consent.films
    )


def describe_gate(records: Records, name: str) -> str:
    """Return, for a page, what waits or is open before a client is screened; empty when nothing is. Refuses nothing."""
    if not records.knows(name):
        return ""
    review = _review(records, name, date.today())
    if review.stopping:
        return f"The screening of {name} waits: {review.stopping[0].spec.reason}"
    return " ".join([*_unread_words(records, name), *_open_questions(records, name, date.today())])


def describe_impact_ban(records: Records, name: str) -> str:
    """Return that a client does not run or jump now, and why; empty when nothing bans it, or nobody has that code."""
    if not records.knows(name):
        return ""
    return find_impact_ban(records.store.person(name, date.today()), load_client_catalog(records.catalog))


def _unread_words(records: Records, code: str) -> list[str]:
    unread = records.store.unread_words(code, date.today())
    return [
        f"Read this before you go on: {line}" for line in describe_words(unread, load_client_catalog(records.catalog))
    ]


def _open_questions(records: Records, code: str, day: date) -> list[str]:
    person = records.store.person(code, day)
    if person.intake is None:
        return [f"Nobody has asked {code} about red flags yet."]
    review = _review(records, code, day)
    if review.decision is not Decision.NOT_ASKED:
        return []
    listed = ", ".join(spec.id.replace("_", " ") for spec in review.open_questions)
    verb = "is" if len(review.open_questions) == 1 else "are"
    return [f"{plural(len(review.open_questions), 'question')} about red flags {verb} still open: {listed}."]


def _demographics(records: Records, code: str, day: date) -> Demographics:
    person = records.store.person(code, day)
    return Demographics(person.age, person.sex)


def _refuse_contradiction(code: str, known: Demographics, told: Demographics) -> None:
    if known.sex and told.sex and known.sex != told.sex:
        raise InputError(f"{code} is {known.sex} in the records, and {told.sex} was typed", "leave the sex out")
    if known.age is not None and told.age is not None and abs(known.age - told.age) > 1:
        raise InputError(
            f"{code} is {known.age:g} years old in the records, and {told.age:g} was typed", "leave the age out"
        )
